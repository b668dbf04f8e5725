"""Import contacts: choose a file, watch it being read, look at what was found, confirm."""

from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from staffetta.accounts.models import Account, User
from staffetta.contacts import errors, importing
from staffetta.contacts.models import Import
from staffetta.contacts.problems import PROBLEMS
from staffetta.lib.errors import Refused
from staffetta.messaging import control
from staffetta.portal.access import customer_may, own
from staffetta.portal.forms.contacts import ImportForm
from staffetta.portal.importpage import column_choices, problems, sentence
from staffetta.reports import csvtext

SAMPLES = ("xls", "xlsx", "ods", "csv")
MOVING = ("waiting", "reading", "saving", "undoing")
SHOWN = 30


@customer_may("contacts")
def upload(request: HttpRequest, account: Account) -> HttpResponse:
    """Choose a file and a group."""
    form = ImportForm(account, request.POST or None, request.FILES or None, initial={"group": request.GET.get("group")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user = request.user if isinstance(request.user, User) else None
        try:
            record = importing.begin(
                account,
                user,
                given["file"],
                given["group"] or given["new_group"] or Path(given["file"].name).stem,
                given["with_prefix"],
                given["known"] == "keep",
            )
            return redirect("import-review", record.pk)
        except errors.FileRefused as refusal:
            form.add_error("file", str(refusal))
        except Refused as refusal:
            form.add_error("new_group", str(refusal))
    return render(request, "portal/import.html", {"form": form, "samples": SAMPLES}, status=400 if form.errors else 200)


@customer_may("contacts")
def sample(request: HttpRequest, account: Account, extension: str) -> FileResponse:
    """Download a file to begin from."""
    found = resources.files("staffetta.contacts") / "samples" / f"esempio.{extension}"
    if extension not in SAMPLES or not found.is_file():
        raise Http404
    return FileResponse(found.open("rb"), as_attachment=True, filename=f"esempio.{extension}")


@customer_may("contacts")
def review(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Show how far an import is: being read, what was found, refused, saved."""
    return _review(request, own(Import.objects.select_related("group"), account, pk=import_id))


def _review(request: HttpRequest, record: Import, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "record": record,
        "moving": record.state in MOVING,
        "problems": problems(record),
        "reason": sentence(record),
        "columns": column_choices(record),
        "sheets": [record.source.get("sheet"), *record.source.get("others", [])] if record.source.get("others") else [],
        "undo_days": importing.UNDO_WITHIN.days,
        "refusal": refusal,
    }
    return render(request, "portal/import_review.html", context, status=400 if refusal else 200)


@customer_may("contacts")
def progress(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Answer htmx with the progress bar, or with the whole page anew once there is something else to see."""
    record = own(Import.objects.all(), account, pk=import_id)
    if record.state not in MOVING:
        return HttpResponseClientRefresh()
    return render(request, "portal/import_progress.html", {"record": record})


def _move(request: HttpRequest, account: Account, import_id: int, move: Callable[[Import], object]) -> HttpResponse:
    record = own(Import.objects.select_related("group"), account, pk=import_id)
    try:
        move(record)
    except Refused as refusal:
        record.refresh_from_db()
        return _review(request, record, refusal)
    return redirect("import-review", import_id)


@customer_may("contacts")
@require_POST
def columns(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Read the file again with the roles that the person gave its columns."""
    return _move(request, account, import_id, lambda record: importing.remap(record, request.POST.getlist("role")))


@customer_may("contacts")
@require_POST
def sheet(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Read another sheet of the file."""
    return _move(request, account, import_id, lambda record: importing.choose_sheet(record, request.POST.get("sheet", "")))


@customer_may("contacts")
@require_POST
def confirm(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Save what was shown."""
    return _move(request, account, import_id, importing.confirm)


@customer_may("contacts")
@require_POST
def undo(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Take a saved import back, unless a send still has to read its group."""

    def undone(record: Import) -> None:
        if record.group:
            control.check_unused(record.group)
        importing.undo(record)

    return _move(request, account, import_id, undone)


@customer_may("contacts")
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the last imports."""
    records = Import.objects.filter(account=account).exclude(state="dropped").select_related("group", "user").order_by("-pk")[:SHOWN]
    return render(request, "portal/imports.html", {"records": records})


@customer_may("contacts")
@require_POST
def drop(request: HttpRequest, account: Account, import_id: int) -> HttpResponse:
    """Give an import up."""
    record = own(Import.objects.select_related("group"), account, pk=import_id)
    try:
        importing.drop(record)
    except Refused as refusal:
        return _review(request, record, refusal)
    messages.success(request, _("The import was dropped: nothing was saved."))
    return redirect("groups")


@customer_may("contacts")
def bad_rows(request: HttpRequest, account: Account, import_id: int) -> HttpResponseBase:
    """Download the rows that cannot be saved, to correct them."""
    record = own(Import.objects.all(), account, pk=import_id)
    name = _("bad-rows")
    header = [_("Row"), _("Value"), _("What is wrong")]
    sentences = {code: str(text) for code, text in PROBLEMS.items()}

    def rows() -> Iterator[list[str]]:
        yield header
        for row, value, code in importing.bad_rows(record):
            yield [str(row), value, sentences.get(code, code)]

    return StreamingHttpResponse(csvtext.stream(rows()), headers=csvtext.headers(f"{name}-{import_id}.csv"))
