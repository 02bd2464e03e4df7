"""Who answers for which department by mail, by the destinations of the settings: for `ouvidor.department_boxes`."""

from collections.abc import Mapping

from ouvidor.config import read_section
from ouvidor.settings import Settings
from sinks.mail.destination import Mailbox

__all__ = ["boxes"]


def boxes(settings: Settings) -> Mapping[str, frozenset[str]]:
    """Give each department's senders; none where mail has no address for answers. Raises `Misconfigured`."""
    if settings.smtp.reply_to is None:
        return {}
    found: dict[str, frozenset[str]] = {}
    for number, given in enumerate(settings.deliveries.destinations):
        if given.get("sink") != "mail":
            continue
        within = ("deliveries", "destinations", number)
        its = read_section(Mailbox, given, where=str(settings.file), within=within)
        found[its.department] = found.get(its.department, frozenset()) | its.senders
    return found
