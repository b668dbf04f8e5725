"""The demo's pages as its customer finds them: log in, and have a page judged by axe."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PASSWORD = "girasole-7"
_AXE = Axe()


def log_in(page: Page, password: str = PASSWORD, login: str = "demo") -> None:
    """Log in, as the demo's customer or another, from the first page."""
    page.goto("/")
    page.locator("main a[href='/login/']").first.click()
    page.locator("[name=username]").fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("main form button.main").click()


def accessible(page: Page) -> None:
    """Fail where axe has a serious or critical finding on the page as it stands."""
    found = [each for each in _AXE.run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    told = [f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:4]]}" for each in found]
    assert not found, f"{page.url}: " + "; ".join(told)
