"""Company names brought to one form: width, script variants, legal forms, branch words, trade words, romanisation.

Pure: no Django, no database. Methods and sources:

- Unicode normalisation form KC folds full and half width and the enclosed forms (㈜, ㍿) to plain characters (Unicode
  Standard Annex #15). It leaves the old forms of characters (國) alone, so the common old, Japanese and simplified
  forms are folded by `VARIANTS` (after the Japanese list of joyo kanji and its kyujitai, and the Unihan variants).
- Legal forms follow ISO 20275 (entity legal forms) for the countries served here.
- Hangul is romanised syllable by syllable after the Revised Romanisation of Korean (2000), kana after Hepburn.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


def words_of(text: str) -> list[str]:
    """The words of a text with spaces between them: how the lists below are written."""
    return text.split()


VARIANTS = str.maketrans(
    {
        pair[0]: pair[1]
        for pair in words_of(
            "國国 囯国 會会 会会 學学 澤沢 濱浜 邊辺 邉辺 齋斎 齊斉 齐斉 廣広 广広 髙高 﨑崎 嵜崎 龍竜 龙竜 鐵鉄 铁鉄 實実 实実 榮栄 荣栄 圓円 圆円 壽寿 寿寿 藝芸 艺芸 萬万 來来 "
            "驛駅 縣県 县県 團団 团団 體体 樂楽 乐楽 氣気 气気 發発 发発 關関 关関 變変 变変 與与 豐豊 丰豊 瀧滝 淺浅 惠恵 德徳 彌弥 禮礼 靜静 總総 总総 聲声 賣売 卖売 讀読 轉転 "
            "转転 醫医 鹽塩 黑黒 點点 产産 產産 业業 电電 车車 东東 门門 贸貿 华華 兴興 义義 长長 马馬 鸟鳥 鱼魚 银銀 钢鋼 机機 设設 计計 创創 龜亀 櫻桜 嶋島 嶌島 劍剣 劔剣 條条 "
            "傳伝 传伝 當当 对対 對対 單単 单単 擇択 燒焼 稻稲 穀穀 竝並 缺欠 輕軽 轻軽 辭辞 遲遅 錢銭 钱銭 顯顕 騷騒 驗験 鷄鶏 麥麦 黃黄 黄黄 齒歯 嚴厳 严厳 將将 戰戦 战戦 拂払 "
            "拔抜 搖揺 收収 數数 数数 晝昼 檢検 歐欧 殘残 澁渋 濟済 济済 爐炉 炉炉 獨独 献献 獻献 畫画 画画 盡尽 眞真 纖繊 纤繊 經経 经経 緣縁 縱縦 繪絵 續続 舊旧 莊荘 庄荘 藏蔵 "
            "號号 蟲虫 證証 证証 釋釈 釀醸 鑛鉱 矿鉱 靈霊 飜翻 馆館 丽麗 优優 亚亜 亞亜 仓倉 农農 动動 劳労 勞労 區区 协協 医医 专専 專専 为為 爲為 图図 圖図 场場 块塊 坚堅 处処 "
            "處処 宝宝 寶宝 层層 层層 应応 應応 开開 张張 录録 怀懐 报報 标標 桥橋 欢歓 歡歓 汇匯 沟溝 泽沢 浓濃 湾湾 灣湾 满満 滿満 热熱 环環 现現 种種 积積 稳穏 穩穏 纸紙 线線 "
            "组組 织織 结結 给給 统統 维維 网網 联聯 脑脳 腦脳 节節 药薬 藥薬 营営 營営 术術 装装 裝装 触触 觸触 订訂 认認 训訓 议議 评評 试試 诚誠 语語 说説 說説 请請 课課 调調 "
            "财財 责責 货貨 质質 购購 资資 赛賽 输輸 运運 进進 远遠 连連 选選 邮郵 针針 铜銅 链鏈 销銷 锁鎖 镜鏡 阳陽 阴陰 阶階 际際 陆陸 险険 險険 随随 隨随 雾霧 顺順 顾顧 风風 "
            "飞飛 饭飯"
        )
    }
)
"""Old, simplified and rare forms of characters that stand for one another in company names."""

_CJK_FORMS = (
    "주식회사 유한책임회사 유한회사 합자회사 합명회사 농업회사법인 영농조합법인 협동조합 사단법인 재단법인 "
    "株式会社 有限責任公司 股份有限公司 有限責任会社 有限会社 合同会社 合資会社 合名会社 一般社団法人 一般財団法人 "
    "社団法人 財団法人 集団有限公司 集団公司 有限公司 股份公司 公司 (주) (유) (합) (사) (재) (株) (有) (同) (資) (名) "
    "주) (주 株) (株"
)
CJK_FORMS = tuple(sorted(set(_CJK_FORMS.split()), key=len, reverse=True))
"""Legal forms written without a space before or after the name, the longest first."""
_CJK_FORM = re.compile("|".join(re.escape(form) for form in CJK_FORMS))

_LATIN_SURE = frozenset(
    words_of(
        "incorporated corporation gmbh mbh kgaa ohg gbr ug ltd limited llc llp plc pllc sarl sasu eurl srl "
        "srls sapa snc slu sau slne sccl bv nv vof oyj aps sdn bhd pte pty kk yk gk inc corp"
    )
)
"""Legal forms that are no word of a name wherever they stand."""
_LATIN_EDGE = frozenset(words_of("co company ag kg ek eg ev se sa sas spa sc scop sl cv ab as oy lp pc cie kft the"))
"""Legal forms of few letters, or words (company): taken off at the edges of a name only."""
_LATIN_PHRASES = re.compile(
    r"\b(?:kabushiki (?:kaisha|gaisha)|yugen (?:kaisha|gaisha)|godo (?:kaisha|gaisha)|jusik hoesa|chusik hoesa|"
    r"yuhan hoesa|gesellschaft mit beschrankter haftung|aktiengesellschaft|societe anonyme|"
    r"societe a responsabilite limitee|societa per azioni|societa a responsabilita limitata|sociedad anonima|"
    r"sociedad limitada|besloten vennootschap|naamloze vennootschap|public limited company|"
    r"limited liability company)\b"
)
_LETTERS_APART = re.compile(r"(?<![^\W\d_])((?:[a-z] ){1,4}[a-z])(?![^\W\d_])")
"""Single letters with spaces between them, as dots leave them: "s r l", "b v"."""

_BRANCH_CJK = re.compile(
    r"(지점|지사|영업소|출장소|사업소|직영점|물류센터|본점|본사|支店|支社|営業所|出張所|事業所|本店|本社|分公司|分店)$"
)
_HEAD_WORDS = frozenset({"본점", "본사", "本店", "本社", "head office", "headquarters", "hq"})
_BRANCH_LATIN = frozenset(
    words_of(
        "branch filiale niederlassung zweigstelle zweigniederlassung succursale sucursal filiaal vestiging "
        "office shiten jijeom jisa store"
    )
)
_NUMBER_WORDS = re.compile(r"(?:#|\bno\b|\bnr\b|№|\bstore\b|第)\s*(\d+)")

TRADE_WORDS = frozenset(
    words_of(
        "대리점 총판 상사 상회 산업 공업 무역 유통 물산 전자 전기 기업 그룹 코리아 상점 商事 商会 商店 産業 工業 貿易 物産 電機 電器 グループ ジャパン trading traders "
        "trade industries industry industrial international enterprise enterprises group holding holdings "
        "services service solutions systems supply supplies distribution distributors sales handel handels "
        "handelsgesellschaft vertrieb vertriebs service bau technik gruppe partner commerce distribution "
        "etablissements ets fils freres groupe negoce commercio comercio hermanos figli zonen "
        "handelsonderneming sangsa sanup sangeop muyeok yutong shoji sangyo kogyo boeki shoten shokai agency "
        "dealer dealers"
    )
)
"""Words that say the trade, not the company. 대리점 says "dealer": it names what a company is, not a place of it."""
_TRADE_SUFFIX = re.compile(
    "(" + "|".join(sorted((word for word in TRADE_WORDS if ord(word[0]) > 0x2E80), key=len, reverse=True)) + ")$"
)

_LATIN_EXTRA = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_QUOTES = re.compile("['’‘`´]")
_PUNCTUATION = re.compile(r"[^\w\s&()#№]|_")
_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company name taken apart."""

    full: str
    """All words of the name but its legal form, branch words among them."""
    base: str
    """The company's words: without the words that say which of its places is meant."""
    branch: str
    """Which place is meant: the branch's own words or number, "" where the name tells none."""
    numbers: frozenset[str]
    """The numbers in the name: stores of a chain differ by them."""


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """One width, one case, no accents on Latin letters, one form of each character; one space between words."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(VARIANTS).translate(_LATIN_EXTRA)
    if not text.isascii():
        plain = []
        for character in text:
            parts = unicodedata.normalize("NFD", character)
            plain.append(parts[0] if len(parts) > 1 and parts[0].isascii() else character)
        text = "".join(plain)
    return _SPACES.sub(" ", text).strip()


def normalise_company(name: str) -> str:
    """The words of a company name without its legal form, in one width, case and script form.

    >>> normalise_company("주식회사 한빛상사"), normalise_company("㈜한빛상사"), normalise_company("한빛상사(주)")
    ('한빛상사', '한빛상사', '한빛상사')
    """
    return take_apart(name).full


@lru_cache(maxsize=65_536)
def take_apart(name: str) -> CompanyName:
    """A name's words, without its legal form, and what in them says which place of the company is meant."""
    text = fold(name)
    text = _without_cjk_forms(text)
    numbers = frozenset(number.lstrip("0") for number in _DIGITS.findall(text))
    marked = _NUMBER_WORDS.findall(text)
    text = _QUOTES.sub("", text).replace("&", " & ").replace(".", " ")
    text = _SPACES.sub(" ", _PUNCTUATION.sub(" ", text).replace("(", " ").replace(")", " ")).strip()
    text = _LETTERS_APART.sub(lambda found: found.group(1).replace(" ", ""), text)
    text = _LATIN_PHRASES.sub(" ", text)
    words = _without_latin_forms(text.replace("#", " ").replace("№", " ").split())
    base, branch = _split_branch(words)
    if marked and not branch:
        branch = " ".join(number.lstrip("0") for number in marked)
    return CompanyName(" ".join(words), " ".join(base), branch, numbers)


def core(base: str) -> str:
    """The words of `base` that are the company's own: without words of its trade, unless those are all it has."""
    words = [word for word in base.split() if word not in TRADE_WORDS and word != "&"]
    if not words:
        return base
    stem = _TRADE_SUFFIX.sub("", words[-1])
    if len(stem) >= 2:
        words[-1] = stem
    return " ".join(words)


def _without_cjk_forms(text: str) -> str:
    if text.isascii():
        return text
    text = re.sub(r"\(\s*([주유합사재株有同資名])\s*\)", r"(\1)", text)
    rest = _SPACES.sub(" ", _CJK_FORM.sub(" ", text)).strip()
    return rest or text


def _without_latin_forms(words: list[str]) -> list[str]:
    kept = [word for word in words if word not in _LATIN_SURE]
    while len(kept) > 1 and (kept[-1] in _LATIN_EDGE or kept[-1] == "&"):
        kept.pop()
    while len(kept) > 1 and (kept[0] in _LATIN_EDGE or kept[0] == "&"):
        kept.pop(0)
    return kept or words


def _split_branch(words: list[str]) -> tuple[list[str], str]:
    if not words:
        return words, ""
    last = words[-1]
    found = _BRANCH_CJK.search(last)
    if found:
        word, before = found.group(1), last[: found.start()]
        head = word in _HEAD_WORDS
        if before and len(words) > 1:  # 한빛상사 부산지점
            return words[:-1], "" if head else before
        if not before and len(words) > 2:  # 한빛상사 부산 지점
            return (words[:-1], "") if head else (words[:-2], words[-2])
        if not before and len(words) == 2:  # 한빛상사 지점, or 한빛상사부산 지점: one word, the place cannot be told
            return words[:-1], "" if head else word
        if len(before) >= 5:  # 한빛상사부산지점
            return ([before], "") if head else ([before[:-2]], before[-2:])
        return ([before], "") if before and head else (words, "")
    places = [index for index, word in enumerate(words) if word in _BRANCH_LATIN]
    if places and len(words) > 1:
        index = places[-1]
        if index == len(words) - 1 and len(words) > 2:  # Smith Tools Boston branch
            return words[: index - 1], words[index - 1]
        if 0 < index < len(words) - 1:  # Smith Tools branch Boston
            return words[:index], " ".join(words[index + 1 :])
    return words, ""


# Romanisation -------------------------------------------------------------------------------------------------------

_INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWELS = words_of("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_FINALS = [
    "",
    *words_of("k k k n n n t l k m l l l p l m p p t t ng t t k t p t"),
]
_KANA = dict(
    pair.split(":")
    for pair in words_of(
        "ア:a イ:i ウ:u エ:e オ:o カ:ka キ:ki ク:ku ケ:ke コ:ko サ:sa シ:shi ス:su セ:se ソ:so タ:ta チ:chi ツ:tsu テ:te ト:to "
        "ナ:na ニ:ni ヌ:nu ネ:ne ノ:no ハ:ha ヒ:hi フ:fu ヘ:he ホ:ho マ:ma ミ:mi ム:mu メ:me モ:mo ヤ:ya ユ:yu ヨ:yo ラ:ra リ:ri "
        "ル:ru レ:re ロ:ro ワ:wa ヲ:o ン:n ガ:ga ギ:gi グ:gu ゲ:ge ゴ:go ザ:za ジ:ji ズ:zu ゼ:ze ゾ:zo ダ:da ヂ:ji ヅ:zu デ:de "
        "ド:do バ:ba ビ:bi ブ:bu ベ:be ボ:bo パ:pa ピ:pi プ:pu ペ:pe ポ:po ヴ:vu ァ:a ィ:i ゥ:u ェ:e ォ:o"
    )
)
_SMALL_Y = {"ャ": "a", "ュ": "u", "ョ": "o"}
_SOUNDS = (
    ("eo", "o"), ("eu", "u"), ("ou", "o"), ("oo", "u"), ("uu", "u"), ("ee", "i"), ("ch", "j"), ("sh", "s"),
    ("ts", "s"), ("ck", "g"), ("ph", "p"),
)  # fmt: skip
_LIKE_SOUNDS = str.maketrans("ktprwc", "gdblug")


@lru_cache(maxsize=65_536)
def romanise(text: str) -> str:
    """Hangul and kana in Latin letters; other characters stay. "" where nothing of it can be romanised."""
    out: list[str] = []
    changed = False
    for character in text:
        number = ord(character)
        if 0xAC00 <= number <= 0xD7A3:
            initial, rest = divmod(number - 0xAC00, 588)
            vowel, final = divmod(rest, 28)
            out.append(_INITIALS[initial] + _VOWELS[vowel] + _FINALS[final])
            changed = True
            continue
        if 0x3041 <= number <= 0x3096:
            character = chr(number + 0x60)
        if character in _SMALL_Y and out and out[-1].endswith("i"):
            stem = out[-1][:-1]
            out[-1] = stem + ("" if stem in ("sh", "ch", "j") else "y") + _SMALL_Y[character]
            changed = True
        elif character in _KANA:
            sound = _KANA[character]
            if out and out[-1] == "ッ":
                out[-1] = sound[0]
            out.append(sound)
            changed = True
        elif character != "ー":
            out.append(character)
    latin = "".join(out).replace("ッ", "")
    return latin if changed and latin.isascii() else ""


@lru_cache(maxsize=65_536)
def sounds(latin: str) -> str:
    """Latin letters with the spellings of one sound brought together: Tokyo and Toukyou, Kimchan and Gimchan."""
    text = "".join(character for character in latin if character.isalnum())
    for spelling, sound in _SOUNDS:
        text = text.replace(spelling, sound)
    text = text.translate(_LIKE_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", text)
