"""Sample calls, as WebVTT transcripts with a voice for each speaker. The agent's words are nobody's complaint."""

import re
from collections.abc import Iterator

from ouvidor.demo.sample import Sample

__all__ = ["transcript"]

_GREETING = "Ouvidoria, bom dia. Esta ligação é gravada. Em que posso ajudar?"
_LISTENING = ("Entendi. Pode continuar, por favor.", "Certo, estou anotando.", "Compreendo. Algo mais?")
_CLOSING = "Sua manifestação foi registrada. Agradecemos o contato."
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SENTENCES_A_TURN = 2
_SECONDS_A_LETTER = 0.06


def transcript(sample: Sample) -> str:
    """Write the transcript of a sample's call."""
    cues, clock = ["WEBVTT", f"NOTE Amostra {sample.ref}"], 0.0
    for speaker, words in _turns(sample):
        end = clock + max(1.0, len(words) * _SECONDS_A_LETTER)
        cues.append(f"{_time(clock)} --> {_time(end)}\n<v {speaker}>{_escape(words)}")
        clock = end + 0.4
    return "\n\n".join(cues) + "\n"


def _turns(sample: Sample) -> Iterator[tuple[str, str]]:
    yield "Atendente", _GREETING
    sentences = _SENTENCE.split(" ".join(sample.text.split()))
    for number, first in enumerate(range(0, len(sentences), _SENTENCES_A_TURN)):
        if number:
            yield "Atendente", _LISTENING[number % len(_LISTENING)]
        yield "Cliente", " ".join(sentences[first : first + _SENTENCES_A_TURN])
    yield "Atendente", "Qual é a sua referência?"
    yield "Cliente", f"Ref. {sample.ref}"
    yield "Atendente", _CLOSING


def _escape(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"00:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
