"""Every setting, read once from the environment (`.env.example` lists the variables). Knows no business rule."""

import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from staffetta import localpg
from staffetta.lib import env

PACKAGE = Path(__file__).resolve().parent
HOME = Path(env.text("STAFFETTA_HOME", "var")).absolute()
PORT = env.integer("PORT", 8000, 1, 65535)
DEBUG = env.flag("STAFFETTA_DEBUG", False)


def _kept_secret(name: str) -> str:
    """Return a secret that is kept in the home folder, made at the first use."""
    path = HOME / name
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        draft = HOME / f"{name}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)  # the first of two starts at once wins; the other reads its key
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()


# A database that is not there, or stops answering, is noticed within seconds, and nobody waits for the kernel's hours.
_CONNECTING = {"connect_timeout": "5"}
_BY_TCP = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "30000"}


def database(url: str) -> dict[str, object]:
    """Return Django's settings for a postgresql:// address; its query gives libpq's options (host=… may be a socket's folder)."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise env.SettingError(
            f"DATABASE_URL is '{url.split('@')[-1]}': write postgresql://user:password@host:5432/name, or leave it out for the private database."
        )
    host = parts.hostname or options.pop("host", "")
    patience = _CONNECTING | ({} if not host or host.startswith("/") else _BY_TCP)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": patience | options,
    }


def smtp(url: str) -> dict[str, object]:
    """Return Django's mail settings for smtp://user:password@host:587 (with STARTTLS), smtps://… (TLS) or smtp+plain://… (neither)."""
    parts = urlsplit(url)
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme not in ports or not parts.hostname:
        raise env.SettingError(
            f"STAFFETTA_SMTP_URL is '{url.split('@')[-1]}': write smtp://user:password@host:587, smtps://… for TLS from the start,"
            " smtp+plain://… for none, or leave it out: mails are then kept in the home folder."
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


DATABASE_URL = env.text("DATABASE_URL") or localpg.url(HOME)
DATABASES = {"default": database(DATABASE_URL)}
SECRET_KEY = env.text("SECRET_KEY") or _kept_secret("secret_key")
ALLOWED_HOSTS = [name.strip() for name in env.text("ALLOWED_HOSTS", "*").split(",")]
CSRF_TRUSTED_ORIGINS = [name.strip() for name in env.text("TRUSTED_ORIGINS").split(",") if name.strip()]

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "procrastinate.contrib.django",
    "ninja",
    "staffetta.accounts",
    "staffetta.contacts",
    "staffetta.billing",
    "staffetta.carriers",
    "staffetta.messaging",
    "staffetta.campaigns",
    "staffetta.lookup",
    "staffetta.webhooks",
    "staffetta.reports",
    "staffetta.api",
    "staffetta.portal",
    "staffetta.backoffice",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "staffetta.api.legacy.ahead.AheadOfPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "staffetta.portal.shortdomain.ShortDomainMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "staffetta.portal.lastuse.LastUseMiddleware",
]
ROOT_URLCONF = "staffetta.urls"
WSGI_APPLICATION = "staffetta.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, "'unsafe-inline'"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}

# Attempts are counted in the database, so that several web processes count together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"}}
LOGIN_WAIT_MINUTES = 5
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("STAFFETTA_PROXIES", 0, 0, 5)
ACCOUNT_ADAPTER = "staffetta.portal.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}  # the form finds whom an e-mail means
ACCOUNT_SIGNUP_FIELDS = ["email*", "username", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 7
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": f"20/m/ip,5/{LOGIN_WAIT_MINUTES}m/key",
    "confirm_email": "1/m/key",
    "ask": "5/h/ip",
    "link_account": "10/h/user",
}
SILENCED_SYSTEM_CHECKS = ["account.W001"]  # a user name need not be typed at the sign-up: one is made
MFA_ADAPTER = "staffetta.portal.adapter.TwoFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a code of the half minute before or after is good too: clocks differ

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "welcome"
SESSION_COOKIE_NAME = f"staffetta_{PORT}"  # cookies do not tell ports apart: two copies on one host must not log each other out
CSRF_COOKIE_NAME = f"staffetta_csrf_{PORT}"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Where people find the service: in the links of mails, and whether cookies may travel by https alone.
PUBLIC_URL = env.text("STAFFETTA_PUBLIC_URL").rstrip("/")
if PUBLIC_URL:
    if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not urlsplit(PUBLIC_URL).hostname:
        raise env.SettingError(f"STAFFETTA_PUBLIC_URL is '{PUBLIC_URL}': write for example https://sms.example.it, or leave it out.")
    CSRF_TRUSTED_ORIGINS.append(f"{urlsplit(PUBLIC_URL).scheme}://{urlsplit(PUBLIC_URL).netloc}")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_FAILURE_VIEW = "staffetta.portal.views.stale.page"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Europe/Rome"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(HOME / "files")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
IMPORT_FILE_BYTES_MAX = env.integer("STAFFETTA_IMPORT_MIB_MAX", 20, 1, 500) * 2**20

# What one key of a program may call within a minute, where it has no limit of its own.
API_CALLS_PER_MINUTE = env.integer("STAFFETTA_API_CALLS_PER_MINUTE", 60_000, 1, 100_000_000)

# Hosts and networks that webhooks may lead to though they are not on the public internet.
WEBHOOK_ALLOWED = [each.strip().lower() for each in env.text("STAFFETTA_WEBHOOK_ALLOWED").split(",") if each.strip()]

# Where mails that become SMS are taken (`staffetta mail`); blank: nowhere.
MAIL_LISTEN = env.text("STAFFETTA_MAIL_LISTEN")
if MAIL_LISTEN and not (MAIL_LISTEN.rpartition(":")[0] and MAIL_LISTEN.rpartition(":")[2].isdecimal()):
    raise env.SettingError(
        f"STAFFETTA_MAIL_LISTEN is '{MAIL_LISTEN}': write an address and a port, for example 127.0.0.1:2525, or leave it out."
    )
MAIL_LMTP = env.flag("STAFFETTA_MAIL_LMTP", False)

# A send with uncertain messages waits so long for a late answer before it is settled.
UNCERTAIN_WAIT_S = env.integer("STAFFETTA_UNCERTAIN_WAIT_S", 120, 0, 86_400)

SMTP_URL = env.text("STAFFETTA_SMTP_URL")
MAIL_FROM = env.text("STAFFETTA_MAIL_FROM")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if SMTP_URL else "staffetta.accounts.mailbox.EmailBackend"
EMAIL_TIMEOUT = 20
if SMTP_URL and not PUBLIC_URL and "*" in ALLOWED_HOSTS:
    raise env.SettingError(
        "STAFFETTA_SMTP_URL is set and STAFFETTA_PUBLIC_URL is not: the links in mails would lead wherever a request says."
        " Set STAFFETTA_PUBLIC_URL, for example https://sms.example.it."
    )
if SMTP_URL:
    globals().update(smtp(SMTP_URL))

# Who takes cards: Stripe where its keys are set, else the test bank where one runs, else nobody.
STRIPE_SECRET_KEY = env.text("STAFFETTA_STRIPE_SECRET_KEY")
STRIPE_PUBLISHABLE_KEY = env.text("STAFFETTA_STRIPE_PUBLISHABLE_KEY")
STRIPE_WEBHOOK_SECRET = env.text("STAFFETTA_STRIPE_WEBHOOK_SECRET")
STRIPE_API_BASE = env.text("STAFFETTA_STRIPE_API_BASE", "https://api.stripe.com").rstrip("/")
STRIPE_JS = env.text("STAFFETTA_STRIPE_JS", "https://js.stripe.com/v3/")
_stripe_keys = {
    "STAFFETTA_STRIPE_SECRET_KEY": STRIPE_SECRET_KEY,
    "STAFFETTA_STRIPE_PUBLISHABLE_KEY": STRIPE_PUBLISHABLE_KEY,
    "STAFFETTA_STRIPE_WEBHOOK_SECRET": STRIPE_WEBHOOK_SECRET,
}
if any(_stripe_keys.values()) and not all(_stripe_keys.values()):
    raise env.SettingError(
        f"{' and '.join(name for name, value in _stripe_keys.items() if not value)} missing: Stripe needs its three keys."
        " Set all of them, or none to take no cards."
    )
TESTBANK_URL = env.text("STAFFETTA_TESTBANK_URL").rstrip("/")
TESTBANK_SECRET = env.text("STAFFETTA_TESTBANK_SECRET") or _kept_secret("testbank_secret")

# At first, until the staff change the operator's settings.
REALM = env.text("STAFFETTA_REALM", "staffetta.example")
BRAND = env.text("STAFFETTA_BRAND", "Staffetta")

UNFOLD = {
    "SITE_TITLE": "staffetta.backoffice.site.brand",
    "SITE_HEADER": "staffetta.backoffice.site.brand",
    "SITE_URL": "/",
    "STYLES": ["staffetta.backoffice.site.stylesheet"],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "staffetta.backoffice.site.favicon"}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "COLORS": {
        "primary": {
            "50": "#eef6f6",
            "100": "#d7eaeb",
            "200": "#b0d5d7",
            "300": "#80b9bc",
            "400": "#4c989c",
            "500": "#2a7c80",
            "600": "#1c6a6e",
            "700": "#17575a",
            "800": "#144649",
            "900": "#11393b",
            "950": "#082224",
        }
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": "staffetta.backoffice.site.menu"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # httpx tells each address it calls, and with it the secrets and numbers in it.
    "loggers": {"procrastinate": {"level": "WARNING"}, "httpx": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.text("STAFFETTA_LOG_LEVEL", "INFO").upper()},
}
