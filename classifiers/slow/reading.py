"""What the encoder reads: the customer's own words as they were typed.

Accents, case and punctuation tell it something, so it does not read the folded text; but what `own_words` blanks there
(quoted mails, disclaimers, an agent's turns) is left out of the original too, and so are HTML tags.
"""

from classifiers.judge import heard_text

__all__ = ["read_words"]


def read_words(text: str) -> str:
    """Give the customer's own words of a text."""
    folded, own, *_ = heard_text(text)
    if own == folded.text and folded.whole and "<" not in text:
        return text
    kept: list[str] = []
    last = 0
    for at, character in enumerate(own):
        if not character.isspace():
            start, end = folded.span(at, at + 1)
            if start >= last:
                kept.append(" " if start > last else "")
                kept.append(text[start:end])
                last = end
    return "".join(kept)
