"""How usual words are in messages: of ten thousand words, so many are this one (of numbers: begin with this digit).

It only tells where a phrase is cheapest to look for (`index.py`); what is found does not depend on it. Counted in the
messages of `classifiers/data` that are not kept apart, folded; what is not among the 230 most usual is seldom.
"""

from functools import cache
from typing import Final

from classifiers.phrases import First

__all__ = ["how_usual"]

_COUNTED: Final = {
    351: "de",
    350: "a",
    347: "e",
    290: "o",
    212: "que",
    156: "do",
    152: "da",
    119: "em no",
    110: "nao",
    107: "na",
    104: "com",
    71: "por",
    69: "um",
    66: "para",
    62: "eu 1",
    60: "2",
    54: "meu",
    53: "se",
    52: "the",
    49: "minha",
    47: "uma",
    46: "dia",
    45: "me",
    43: "la as",
    39: "ja",
    37: "so",
    35: "pra tem",
    33: "os",
    30: "el",
    29: "sem",
    28: "3",
    27: "foi",
    24: "esta",
    23: "como i quem",
    22: "en anos ele",
    21: "q y ao",
    20: "mas and to",
    19: "ate tres mais ta 4",
    18: "desde sou",
    17: "dos rua nome casa ela",
    16: "hoje in ha",
    15: "porque das mesmo dias tenho ou gente dois vez",
    14: "quero ano aqui 5",
    13: "era mes fui duas antes 9",
    12: "ninguem voces tudo for veio isso pelo on nos my 6",
    11: "bom semana quando novo peco conta escola depois todo onde it nem 7 8",
    10: "outra ai nada numero queria is sao con boa outro of pela ouvidoria vai agora 0",
    9: "ontem noite disse segunda vezes saber faz cada ser mi mae tarde agua",
    8: "los fica sobre ainda r solicito quatro dele un moca hora",
    7: "vcs vou pode diz falta vem todos del tinha falou bem sei banco lado ter lo preciso marco at meses "
    "mesma una pro precisa",
    6: "filho fazer alguem you carro pedido foto toda cidade qual nunca sala trabalho muito with onibus "
    "tambem frente estava agencia filha manha porta ficou pedi telefone secretaria caixa pai gostaria app "
    "sexta saiu maio senhor cinco papel",
    5: "entao posto was nova hospital volta sistema agosto cartao sai dela abril nota dentro pediu prazo "
    "primeira feira coisa sabado oi podia site resposta have assim fim your fiz estou plano senhores",
}
_USUAL: Final = {word: count for count, words in _COUNTED.items() for word in words.split()}
_SELDOM: Final = 0.5


@cache
def how_usual(first: First) -> float:
    """Tell how many of ten thousand words are this one, or begin so, about."""
    if not first.open:
        return _USUAL.get(first.word, _SELDOM)
    return 2 * _SELDOM + sum(count for word, count in _USUAL.items() if word.startswith(first.word))
