"""What a well-formed mail says is in `body`, word by word; what is left out of `text` was put there by programs."""

import re
from email import message_from_bytes
from email.message import EmailMessage

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.email.corpus import cases, heard
from tests.ingest.email.test_any_bytes import is_part_of

WORD = re.compile(r"\w+")
WELL_FORMED = {"own", "automatic", "thread", "protocol"}
WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"), exclude_characters="\ufeff"), max_size=60
)
TEXTS = st.lists(WORDS, min_size=1, max_size=12).map("\n".join)
AROUND = st.sampled_from(
    [
        "",
        "Em 16/11/2026 09:30, Ana escreveu:\n> velho\n",
        "-- \nAna\n",
        "-----Mensagem original-----\nDe: Ana\n",
        "De: a@b.test\nEnviado: 3/4/2025\nPara: c\nAssunto: d\n",
        "Enviado do meu iPhone\n",
        "---------- Forwarded message ---------\n",
        "> > > fundo\n",
        "Atenciosamente,\nAna\nTel. 11 5555-0000\n",
        "Esta mensagem é confidencial e destina-se ao destinatário.\n",
    ]
)


def holds(body: str, text: str) -> bool:
    """See that the words of the one stand in the other, in their order."""
    words = iter(WORD.findall(body))
    return all(word in words for word in WORD.findall(text))


@given(
    st.lists(TEXTS, min_size=1, max_size=3),
    st.lists(AROUND, max_size=4),
    st.sampled_from(["8bit", "base64", "quoted-printable"]),
)
@settings(derandomize=True, max_examples=150)
def test_each_word_of_a_mails_texts_is_in_its_body(texts: list[str], around: list[str], encoding: str):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ana@cliente.test", "Re: rua"
    said = ["".join([text, "\n", *around]) for text in texts]
    mail.set_content(said[0], cte=encoding)
    for more in said[1:]:
        mail.add_attachment(more, disposition="inline", cte=encoding)
    found = heard(mail.as_bytes())
    assert holds(found.body, "\n".join(said))
    assert is_part_of(found.text, found.body)


def test_each_word_of_the_corpus_plain_mails_is_in_their_bodies():
    checked = 0
    for case in cases():
        mail = message_from_bytes(case.mail)
        if (
            case.name.partition("-")[0] not in WELL_FORMED
            or mail.get_content_type() != "text/plain"
            or mail.defects
            or mail.get_content_charset() not in {"utf-8", None}
        ):
            continue
        text = mail.get_payload(decode=True)
        if mail.get("Content-Type") is None or not isinstance(text, bytes) or "format" in mail["Content-Type"]:
            continue
        try:
            assert holds(heard(case.mail).body, text.decode("utf-8")), case.name
        except UnicodeDecodeError:
            continue
        checked += 1
    assert checked > 150


@given(TEXTS, st.lists(AROUND, max_size=5))
@settings(derandomize=True, max_examples=200)
def test_a_customers_words_above_all_else_are_never_cut(text: str, around: list[str]):
    """A sentence of his own stands first: whatever follows, it is heard."""
    mail = f"Subject: Re: rua\n\nA rua está escura desde ontem à noite.\n{text}\n\n{''.join(around)}"
    assert heard(mail.encode()).text.startswith("A rua está escura desde ontem à noite.")
