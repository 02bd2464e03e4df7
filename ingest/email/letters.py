# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""Which letters languages use above ASCII, the commonest first: what a text's charset is guessed by.

Counted roughly and from memory of grammars, not of any corpus: the order matters, not the figures. Where two charsets
differ in a letter or two (Polish in windows-1250 and ISO 8859-2), that letter decides.
"""

from typing import Final

__all__ = ["CHARSETS", "COMMON_PLANES"]

_CYRILLIC: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёОПВСНИКАТДМЯЗРБГЕУЛЧЭХФШЮЖЩЦЫЬЙЪЁ№«»—"
_UKRAINIAN: Final = "оанивіетрслкудмпзяьбгйчхцїжюєшщфґПВЗОНСКДТМУРІБАГЄЯЇЛХЧШЮЖЩЦФҐ№«»—’"
_GREEK: Final = "αοιετσνηυρπκμςλάόέίθήύδχφώγωβξζψϊϋΐΰΑΟΙΕΤΣΝΗΥΡΠΚΜΛΘΔΧΦΓΩΒΞΖΨΆΈΌΊΉΎΏ«»·"
_HEBREW: Final = "יוהלרתאבמשנדםכקעפחגסטזןצךףץ׳״–"
_ARABIC: Final = "اليمنرتوبدةعسكفهقحأجىشصطخضذثغزئءؤإظآ،؟"
_PERSIAN: Final = "ایرندهومتبسشکزلفگخقجعپحصآطچضغظذثئژءأ،؟\u200c"
_THAI: Final = "านรอกเงมยลวดทสตะปบคหแจพชขใไโผณญธภศซถฟฉฮิ่้ี์ัุู็ำืึๆฯษฎฐฏฒฬฆฌฑ"
_SIMPLIFIED: Final = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如"
    "都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由"
    "问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论"
    "货单订投诉退款快递请您客服电商品收未付钱购买费系联谢，。、：；！？（）“”《》…￥"
)
_TRADITIONAL: Final = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如"
    "都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由"
    "問很最重並物手應向頭文體美相見被利什二等產或新己制身果加西月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論"
    "貨單訂投訴退款請您客服電商品收未付錢購買費系聯謝，。、：；！？（）「」《》…"
)
_JAPANESE: Final = (
    "のにはをたがでてとしれさあるいもすまなかっらりこくどけきんよそうおだせえやわみつちめへほねじゃゅょばべびぶぼぱぷぽぴぐげごがざずぜぞづろるむふゆぬひ"
    "、。ーンスルトリアイクラッドシレタロュコマフジプテムォメカキサデナバパビブボミネハセエウオケソチツノヒヘホモヤユヨワガギグゲゴザズゼダ・「」（）！？"
    "日一人年大国本中注文商品届返金前願今時間行見出事場者問合会社分月後上下生高新何言私様方入気名手書当社連絡確認送件"
)
_KOREAN: Final = (
    "이다는에을가로하고은의를도지기사한어자리아니시그서해나있대라인들만과일보게으정수스전제여부주상동구장원성들면요습제안없것같았했었습니다까세"
    "거우소오연조모용적말비경화위신방내무교생국미관당선학문트와드산유물차발음공청실회개계품환불금입번감진중던야데며러된될려할"
)
_PUNCTUATION: Final = "\xa0–—“”‘’…°ºª§«»·€£©®•¿¡„"

CHARSETS: Final[dict[str, tuple[str, ...]]] = {
    "cp1252": (
        f"ãçéáíóêõàâúôÃÇÁÉÍÓÕÂÊü{_PUNCTUATION}",
        f"óáíéñúüÁÉÓÍÑÚ{_PUNCTUATION}",
        f"éèàêçùîôâûëïœÉÀÊÇÈ{_PUNCTUATION}",
        f"üäößÄÖÜé{_PUNCTUATION}",
        f"èàòùìéÈÀ{_PUNCTUATION}",
        f"äåöÅÄÖé{_PUNCTUATION}",
        f"åøæÅØÆéö{_PUNCTUATION}",
        f"áíðóþéúýæöÁÍÞÓÆÖ{_PUNCTUATION}",
        f"ëéïöüèá{_PUNCTUATION}",
        f"àèéíòóúçï·ÀÈÉÍÒÓÚÇ{_PUNCTUATION}",
    ),
    "cp1250": (
        f"łąężśóćźńŁŻŚĆÓĘĄŹŃ{_PUNCTUATION}",
        f"íáéěšřžčýůúťďňóÚŘŠČŽÝÁÍ{_PUNCTUATION}",
        f"áéíľšťčžýúäňôóďŕĺČŠŽÚ{_PUNCTUATION}",
        f"áéöőóüíúűÁÉÖÓÜŐÍÚ{_PUNCTUATION}",
        f"čšžćđČŠŽĆĐ{_PUNCTUATION}",
        f"ăîâşţÎÂŞŢ{_PUNCTUATION}",
    ),
    "iso8859-2": (
        "łąężśóćźńŁŻŚĆÓĘĄŹŃ\xa0§",
        "íáéěšřžčýůúťďňóÚŘŠČŽÝÁÍ\xa0§",
        "áéíľšťčžýúäňôóďŕĺČŠŽÚ\xa0§",
        "áéöőóüíúűÁÉÖÓÜŐÍÚ\xa0§",
        "čšžćđČŠŽĆĐ\xa0",
        "ăîâşţÎÂŞŢ\xa0",
    ),
    "cp1254": (f"ıüşğöçİÖÜŞÇâîĞû{_PUNCTUATION}",),
    "cp1257": (f"āīšēūņļķģžčĀŠŽĒ{_PUNCTUATION}", f"ėšžųūčąįęŠŽČ{_PUNCTUATION}", f"äõöüšžÄÕÖÜŠ{_PUNCTUATION}"),
    "cp1251": (f"{_CYRILLIC}“”…\xa0", f"{_UKRAINIAN}“”…\xa0"),
    "koi8-u": (_CYRILLIC, _UKRAINIAN),
    "iso8859-5": (_CYRILLIC,),
    "cp866": (_CYRILLIC,),
    "cp1253": (f"{_GREEK}’“”–…\xa0",),
    "iso8859-7": (_GREEK,),
    "cp1255": (f"{_HEBREW}“”’…\xa0",),
    "cp1256": (f"{_ARABIC}«»“”\xa0", _PERSIAN),
    "cp874": (_THAI,),
    "gb18030": (_SIMPLIFIED,),
    "big5hkscs": (_TRADITIONAL,),
    "cp932": (_JAPANESE,),
    "euc_jp": (_JAPANESE,),
    "cp949": (_KOREAN,),
    "mac-roman": (
        "ãçéáíóêõàâúôÃÇÁÉÍÓÕÂÊü“”’–…",
        "óáíéñúüÁÉÓÍÑÚ¿¡“”",
        "éèàêçùîôâûëïœÉÀÊÇÈ’«»",
        "üäößÄÖÜé„“",
    ),
    "cp850": ("ãçéáíóêõàâúôÃÇÁÉÍÓÕÂÊüºª", "óáíéñúüÁÉÓÍÑÚ¿¡", "éèàêçùîôâûëïÉÀÊÇÈ", "üäößÄÖÜé"),
}
"""Charsets without a shift, and for each language that is written in them its letters."""

COMMON_PLANES: Final = {
    "gb18030": (0xB0, 0xD7),
    "big5hkscs": (0xA4, 0xC6),
    "cp932": (0x88, 0x97),
    "euc_jp": (0xB0, 0xCF),
    "cp949": (0xB0, 0xC8),
}
"""The first bytes of the signs of daily use."""
