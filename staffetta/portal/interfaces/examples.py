"""The examples of the documentation: stored once (`examples/NAME.LANGUAGE`), filled in for whoever reads, runs or prints them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "examples"
LANGUAGES = {
    "curl": "curl",
    "shell": "Shell",
    "python": "Python",
    "client": "Python, staffetta.client",
    "php": "PHP",
    "javascript": "JavaScript",
    "csharp": "C#",
}
_SHELLS = ("curl", "shell")
# Where a secret is not known, the example reads it from the environment, and runs as printed all the same.
_FROM_ENVIRONMENT = {
    "curl": "${}",
    "shell": "${}",
    "python": 'os.environ["{}"]',
    "client": 'os.environ["{}"]',
    "php": 'getenv("{}")',
    "javascript": "process.env.{}",
    "csharp": 'Environment.GetEnvironmentVariable("{}")',
}
_SECRETS = {"@KEY@": "STAFFETTA_KEY", "@PASSWORD@": "STAFFETTA_API_PASSWORD"}


@dataclass(frozen=True)
class Values:
    """What the blanks are filled with: the reader's host, log-in, type, and the secrets where they were just made."""

    url: str = "https://sms.example.it"
    login: str = "bruni"
    realm: str = "staffetta.example"
    type: int = 84
    key: str = ""
    password: str = ""
    mail_host: str = "sms.example.it"
    mail_port: int = 25
    mail_token: str = "TOKEN"
    mail_from: str = "cassa@bruni.example"

    def said(self, text: str) -> str:
        """Fill in what a sentence or an example says in any language."""
        plain = {
            "@URL@": self.url,
            "@LOGIN@": self.login,
            "@REALM@": self.realm,
            "@TYPE@": str(self.type),
            "@TOKEN@": self.mail_token,
            "@MAILHOST@": self.mail_host,
            "@MAILPORT@": str(self.mail_port),
            "@FROM@": self.mail_from,
        }
        for blank, value in plain.items():
            text = text.replace(blank, value)
        return text


@dataclass(frozen=True)
class Example:
    """An example in one language."""

    language: str
    label: str
    code: str


def shown(name: str, values: Values) -> list[Example]:
    """Return an example in every language that it is there in."""
    return [
        Example(language, label, filled(name, language, values)) for language, label in LANGUAGES.items() if language in languages(name)
    ]


@cache
def languages(name: str) -> tuple[str, ...]:
    """Return the languages that an example is there in."""
    return tuple(language for language in LANGUAGES if (_FOLDER / f"{name}.{language}").exists())


def names() -> list[str]:
    """Return every example."""
    return sorted({path.stem for path in _FOLDER.iterdir()})


@cache
def _template(name: str, language: str) -> str:
    return (_FOLDER / f"{name}.{language}").read_text(encoding="utf-8").rstrip("\n")


def filled(name: str, language: str, values: Values) -> str:
    """Return an example's code with its blanks filled in."""
    code = _template(name, language)
    for blank, variable in _SECRETS.items():
        known = values.key if blank == "@KEY@" else values.password
        if blank in code:
            code = _with_secret(code, language, blank, known, variable)
    return values.said(code)


def _with_secret(code: str, language: str, blank: str, known: str, variable: str) -> str:
    if known:
        if language in ("python", "client"):
            code = code.replace("import os\n\n", "", 1) if code.startswith("import os\n\n") else code.replace("import os\n", "", 1)
        return code.replace(blank, _literal(known, language))
    if language == "shell":  # a line that would set the variable to itself
        return "\n".join(line for line in code.split("\n") if blank not in line)
    return code.replace(blank, _FROM_ENVIRONMENT[language].format(variable))


def _literal(secret: str, language: str) -> str:
    """Return a secret as the language writes it; shells have it in double quotes already."""
    if language in _SHELLS:
        return "".join(f"\\{char}" if char in '"$`\\' else char for char in secret)
    if language == "php":  # in double quotes a $ would begin a variable
        return "'" + secret.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return json.dumps(secret)
