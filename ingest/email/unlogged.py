"""imaplib2 without its log: for each answer it writes out the whole of what came, the mail too, and throws it away.

It does so at any level, the words being made before the level is asked for: of a mailbox that is read whole, a tenth of
the time. These are its own methods by its own names, without those words.

Source: imaplib2 3.6.
"""

from typing import Any

import imaplib2

__all__ = ["Unlogged"]


class Unlogged(imaplib2.IMAP4):  # type: ignore[misc]  # it ships no types
    """What the server said and nobody has asked for yet: a list of pairs, the answer's name and its lines."""

    untagged_responses: list[Any]

    def _append_untagged(self, typ: str, dat: Any) -> None:  # noqa: ANN401 - as imaplib2 has it
        line = b"" if dat is None else dat
        with self.commands_lock:
            if self.untagged_responses and self.untagged_responses[-1][0] == typ:
                self.untagged_responses[-1][1].append(line)
            else:
                self.untagged_responses.append([typ, [line]])

    def _get_untagged_response(self, name: str, leave: bool = False) -> Any:  # noqa: ANN401 - the same
        with self.commands_lock:
            for at, (typ, lines) in enumerate(self.untagged_responses):
                if typ == name:
                    if not leave:
                        del self.untagged_responses[at]
                    return lines
        return None

    def _untagged_response(self, typ: str, dat: Any, name: str) -> tuple[str, Any]:  # noqa: ANN401 - the same
        if typ == "NO":
            return typ, dat
        lines = self._get_untagged_response(name)
        if not lines:
            return typ, [None]
        while more := self._get_untagged_response(name):
            lines += more
        return typ, lines
