"""Is this a new matter that somebody sent as an answer to an old mail, because its address was at hand there?

Then it is a case of its own, though the mails' ids say otherwise. Subject and text must both be new:

- the subject has no "Re:", is not the old one (`Thread-Topic`, or the older mail's as the text quotes it), and names no
  protocol of ours;
- the text quotes nothing; where it quotes the older mail with another subject, its own words must be a letter's.

To open a second case for the same matter costs a click; to hide a new matter in an old, closed case costs a complaint.
"""

import re
from typing import Final

from ingest.email.headers import Said
from ingest.email.heads import Head
from ingest.email.history_marks import FORWARD_SUBJECT, REPLY_SUBJECT
from ingest.email.own_words import OwnWords
from ingest.email.references import normal_subject
from ingest.email.words import decode_words

__all__ = ["is_new_matter"]

_A_MATTER: Final = 20
_A_LETTER: Final = 60
_LETTERS: Final = re.compile(r"\w")


def is_new_matter(head: Head, said: Said, own: OwnWords, *, has_protocol: bool, is_automatic: bool) -> bool:
    """Tell whether an answer, by its ids, is none by what it says."""
    subject = said.subject or ""
    if not (said.in_reply_to or said.references) or has_protocol or is_automatic or not subject.strip():
        return False
    if REPLY_SUBJECT.match(subject[:200]) or FORWARD_SUBJECT.match(subject[:200]):
        return False
    older = [own.older_subject or "", decode_words(head.first("thread-topic"))[0]]
    if normal_subject(subject) in {normal_subject(each) for each in older if each.strip()}:
        return False
    said_now = len(_LETTERS.findall(own.text[:2000]))
    if own.quotes:
        return own.older_subject is not None and own.defect is None and said_now >= _A_LETTER
    return said_now >= _A_MATTER
