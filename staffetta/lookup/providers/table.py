"""The kinds of providers: the one place that lists them."""

from staffetta.lookup.providers.base import Provider
from staffetta.lookup.providers.simulator import Simulator
from staffetta.lookup.providers.template import Template

KINDS: dict[str, type[Provider]] = {"simulator": Simulator, "http": Template}
