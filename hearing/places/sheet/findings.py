"""Findings 核对结果: what a clerk is told about a file, a column or one row of a household roll.

A refusal stops the whole file. A finding belongs to a row: an error keeps that row out, a warning asks for a second
look, a note only says what was understood. No finding repeats a name, a phone number or an identity number.
"""

from dataclasses import dataclass, field
from enum import StrEnum, auto

from hearing.refusal import N_


class SheetRefusal(StrEnum):
    """Why a file cannot be read as a household roll at all."""

    EMPTY_FILE = "sheet_empty_file"
    TOO_LARGE = "sheet_too_large"
    WRONG_TYPE = "sheet_wrong_type"
    OLD_FORMAT = "sheet_old_format"
    PASSWORD = "sheet_password"  # noqa: S105 -- the name of a reason, not a secret
    DAMAGED = "sheet_damaged"
    ENCODING = "sheet_encoding"
    NO_HEADER = "sheet_no_header"
    MISSING_COLUMNS = "sheet_missing_columns"
    NO_ROWS = "sheet_no_rows"
    TOO_MANY_ROWS = "sheet_too_many_rows"
    TOO_MANY_COLUMNS = "sheet_too_many_columns"


SENTENCES: dict[SheetRefusal, str] = {
    SheetRefusal.EMPTY_FILE: N_("这个文件是空的。请换一个文件。"),
    SheetRefusal.TOO_LARGE: N_("文件太大，或者展开后太大。户册请不超过 %(limit)s MB，去掉图片和多余的工作表再试。"),
    SheetRefusal.WRONG_TYPE: N_("这不是户册表格。请用 .xlsx 或 .csv 文件，不要只改扩展名。"),
    SheetRefusal.OLD_FORMAT: N_("这是旧格式的表格。请用表格软件打开，另存为 .xlsx 后再上传。"),
    SheetRefusal.PASSWORD: N_("文件加了密码，打不开。请另存一份不带密码的再上传。"),
    SheetRefusal.DAMAGED: N_("文件损坏，读不出来。请用表格软件打开检查，另存后再上传。"),
    SheetRefusal.ENCODING: N_("看不懂文件的文字编码。请另存为 .xlsx，或者“CSV UTF-8”。"),
    SheetRefusal.NO_HEADER: N_("前 %(limit)s 行里没有找到表头。表头要有室号、面积、姓名等列名，可以下载模板对照。"),
    SheetRefusal.MISSING_COLUMNS: N_("表头里缺这些列：%(columns)s。请补上后再上传，可以下载模板对照。"),
    SheetRefusal.NO_ROWS: N_("表头下面没有住户。请检查是不是选错了文件或工作表。"),
    SheetRefusal.TOO_MANY_ROWS: N_("行数太多。一次最多 %(limit)s 户，请分成几个文件，并删掉表格下方的空行。"),
    SheetRefusal.TOO_MANY_COLUMNS: N_("列数太多。最多 %(limit)s 列，请删掉用不到的列。"),
}


class Severity(StrEnum):
    """How much a finding weighs: an error keeps the row out of the import."""

    ERROR = auto()
    WARNING = auto()
    NOTE = auto()


SEVERITY_LABELS: dict[Severity, str] = {
    Severity.ERROR: N_("须改正"),
    Severity.WARNING: N_("请核对"),
    Severity.NOTE: N_("说明"),
}


class Code(StrEnum):
    """What was found."""

    FORMULA = auto()
    DATE_CELL = auto()
    BROKEN_CELL = auto()
    LABEL_TOO_LONG = auto()
    BUILDING_MISSING = auto()
    UNIT_MISSING = auto()
    DUPLICATE_UNIT = auto()
    AREA_MISSING = auto()
    AREA_COMMA = auto()
    AREA_NOT_POSITIVE = auto()
    AREA_DECIMALS = auto()
    AREA_HUGE = auto()
    AREA_UNREADABLE = auto()
    CAPACITY_MISSING = auto()
    CAPACITY_UNREADABLE = auto()
    NAME_MISSING = auto()
    NAME_SPACE = auto()
    NAME_NUMBER = auto()
    NAME_DAMAGED = auto()
    NAME_UNREADABLE = auto()
    NAME_TOO_LONG = auto()
    NAME_REPEATED = auto()
    HOLDERS_TOO_MANY = auto()
    FORM_MISSING = auto()
    FORM_UNREADABLE = auto()
    FORM_SOLE_MANY = auto()
    SHARES_MISSING = auto()
    SHARES_COUNT = auto()
    SHARES_UNREADABLE = auto()
    SHARES_SUM = auto()
    SHARES_UNWANTED = auto()
    SHARES_ONE_NAME = auto()
    PHONE_UNREADABLE = auto()
    PHONE_DAMAGED = auto()
    PHONE_COUNT = auto()

    FULL_WIDTH = auto()
    INVISIBLE = auto()
    NAME_SPACED = auto()
    NAME_ODD = auto()
    NAME_PRIVATE = auto()
    NAMESAKE = auto()
    NAMESAKE_UNSURE = auto()
    NO_HOLDER = auto()
    DECEASED = auto()
    AREA_UNUSUAL = auto()
    JOINT_ONE_NAME = auto()
    SHARES_IMPLIED = auto()
    PHONE_AS_NUMBER = auto()
    PHONE_LANDLINE = auto()
    PHONE_EXTRA = auto()
    PHONE_SHARED = auto()
    ID_REMOVED = auto()
    NOTE_CUT = auto()
    LINE_UNREAD = auto()
    ID_COLUMN = auto()
    HIDDEN_SHEETS = auto()
    OTHER_SHEETS = auto()
    COLUMN_REPEATED = auto()
    CAPACITY_IMPLIED = auto()
    FLOOR_IMPLIED = auto()
    NO_PHONE_COLUMN = auto()

    LINE_SKIPPED = auto()
    COLUMNS_UNREAD = auto()
    NAME_BRACKET = auto()
    ONE_PERSON = auto()
    PHONE_FOR_FIRST = auto()
    PHONE_MISSING = auto()


_WARNINGS = list(Code)[list(Code).index(Code.FULL_WIDTH) : list(Code).index(Code.LINE_SKIPPED)]
_NOTES = list(Code)[list(Code).index(Code.LINE_SKIPPED) :]
SEVERITIES: dict[Code, Severity] = (
    dict.fromkeys(Code, Severity.ERROR)
    | dict.fromkeys(_WARNINGS, Severity.WARNING)
    | dict.fromkeys(_NOTES, Severity.NOTE)
)

FINDING_SENTENCES: dict[Code, str] = {
    Code.FORMULA: N_("这格是公式或链接，不会计算。请改成直接填写的文字或数字。"),
    Code.DATE_CELL: N_("表格软件把这格变成了日期。请把这格设为“文本”后重新填写。"),
    Code.BROKEN_CELL: N_("这格显示的是错误值或真假值。请重新填写。"),
    Code.LABEL_TOO_LONG: N_("这格太长，最多 %(limit)s 个字。请检查是否填错了列。"),
    Code.BUILDING_MISSING: N_("没有写门牌或楼号，不会自动跟上一行。请补写。"),
    Code.UNIT_MISSING: N_("没有写室号。请补写。"),
    Code.DUPLICATE_UNIT: N_("与第 %(first)s 行是同一户。一户只能有一行，共有人请写在同一格，用顿号隔开。"),
    Code.AREA_MISSING: N_("没有写面积。请补写，如 58.20。"),
    Code.AREA_COMMA: N_("面积“%(value)s”里有逗号。小数点请用点，如 %(better)s。"),
    Code.AREA_NOT_POSITIVE: N_("面积“%(value)s”不对，应大于零。"),
    Code.AREA_DECIMALS: N_("面积“%(value)s”的小数太长，最多两位。请按权证填写。"),
    Code.AREA_HUGE: N_("面积“%(value)s”太大，一户不超过 99999.99 平方米。请核对。"),
    Code.AREA_UNREADABLE: N_("面积“%(value)s”看不懂。请只写数字，如 58.20。"),
    Code.CAPACITY_MISSING: N_("没有写表态身份。请写“产权人”或“承租人”。"),
    Code.CAPACITY_UNREADABLE: N_("表态身份“%(value)s”看不懂。请写“产权人”或“承租人”。"),
    Code.NAME_MISSING: N_("没有写姓名。空关或未售的房屋，请在备注里写“空关”或“未售”。"),
    Code.NAME_SPACE: N_("姓名里有空格，看不出是一个人还是几个人。一个人请去掉空格，几个人请用顿号隔开。"),
    Code.NAME_NUMBER: N_("姓名里有一长串数字。请把号码移到手机号一列，身份证号请删去。"),
    Code.NAME_DAMAGED: N_("姓名里有乱码。请对照原件重新填写。"),
    Code.NAME_UNREADABLE: N_("姓名里没有文字。请填写姓名。"),
    Code.NAME_TOO_LONG: N_("姓名太长，最多 %(limit)s 个字。请检查是否填错了列。"),
    Code.NAME_REPEATED: N_("同一户里同一个姓名写了两次。请检查。"),
    Code.HOLDERS_TOO_MANY: N_("一户写了 %(n)s 个人，最多 %(limit)s 个。请检查。"),
    Code.FORM_MISSING: N_("一格里写了 %(n)s 个人，没有写共有情况。请写“共同共有”，或“按份共有”并写份额。"),
    Code.FORM_UNREADABLE: N_("共有情况“%(value)s”看不懂。请写“单独所有”“共同共有”或“按份共有”。"),
    Code.FORM_SOLE_MANY: N_("写的是单独所有，却有 %(n)s 个人。请改正其中一处。"),
    Code.SHARES_MISSING: N_("写了按份共有，没有写份额。请按姓名顺序写，如 1/2、1/2。"),
    Code.SHARES_COUNT: N_("有 %(n)s 个人，却有 %(m)s 个份额。请一人写一个，顺序相同。"),
    Code.SHARES_UNREADABLE: N_("份额“%(value)s”看不懂。请写分数或百分数，如 1/3、2/3。"),
    Code.SHARES_SUM: N_("份额合计是 %(total)s，应正好是全部。除不尽时请写分数，如 1/3。"),
    Code.SHARES_UNWANTED: N_("写的不是按份共有，却写了份额。请改正其中一处。"),
    Code.SHARES_ONE_NAME: N_("写了按份共有，却只有一个姓名。请把共有人写全。"),
    Code.PHONE_UNREADABLE: N_("号码有 %(digits)s 位数字，不像手机号或座机。手机号应为 11 位；不知道就空着。"),
    Code.PHONE_DAMAGED: N_("号码被存成数字，已经看不准。请把这一列设为“文本”后重新填写。"),
    Code.PHONE_COUNT: N_("有 %(n)s 个人、%(m)s 个号码，看不出谁是谁的。请按姓名顺序写，没有的留空。"),
    Code.FULL_WIDTH: N_("这格里有全角字符，已当作普通字符读。"),
    Code.INVISIBLE: N_("这格里有看不见的字符，已去掉。"),
    Code.NAME_SPACED: N_("姓名中间有空格，已去掉。"),
    Code.NAME_ODD: N_("姓名里有少见的符号。请核对。"),
    Code.NAME_PRIVATE: N_("姓名里有自造字，别的电脑上显示不出来。请换成标准字。"),
    Code.NAMESAKE: N_("另有同名：与第 %(first)s 行姓名相同、手机号不同，按两个人记。"),
    Code.NAMESAKE_UNSURE: N_(
        "另有同名：与第 %(first)s 行姓名相同，但缺手机号，看不出是不是同一人。先按两个人记，请核对。"
    ),
    Code.NO_HOLDER: N_("空关或未售，没有户主。导入后这户暂时无人表态。"),
    Code.DECEASED: N_("写明户主已故。导入后这户先列为待核实，办好变更再表态。"),
    Code.AREA_UNUSUAL: N_("面积“%(value)s”少见。请核对。"),
    Code.JOINT_ONE_NAME: N_("写了共同共有，却只有一个姓名。请把共有人补全。"),
    Code.SHARES_IMPLIED: N_("写了份额，没有写共有情况，按“按份共有”记。"),
    Code.PHONE_AS_NUMBER: N_("手机号存成了数字，这次没有丢位。请把这一列设为“文本”，以免以后丢失。"),
    Code.PHONE_LANDLINE: N_("这是座机，收不到短信验证码。"),
    Code.PHONE_EXTRA: N_("一个人写了 %(m)s 个号码，只记第一个。"),
    Code.PHONE_SHARED: N_("与第 %(first)s 行是不同的人，手机号却相同。请核对。"),
    Code.ID_REMOVED: N_("这格里像有身份证号，已去掉，系统不保存身份证号。"),
    Code.NOTE_CUT: N_("备注太长，只记前 %(limit)s 个字。"),
    Code.LINE_UNREAD: N_("这一行看不出是哪一户，没有读。"),
    Code.ID_COLUMN: N_("身份证号一列没有读，也不会保存。下次请先删去这一列。"),
    Code.HIDDEN_SHEETS: N_("有隐藏的工作表没有读：%(names)s。"),
    Code.OTHER_SHEETS: N_("只读了一张工作表，还有这些没有读：%(names)s。"),
    Code.COLUMN_REPEATED: N_("有几列意思相同，只读了“%(used)s”，没有读：%(names)s。"),
    Code.CAPACITY_IMPLIED: N_("没有“表态身份”一列。按列名，全部记作“%(capacity)s”。"),
    Code.FLOOR_IMPLIED: N_("没有“楼层”一列。楼层按室号推算，如 302 室记作 3 层。"),
    Code.NO_PHONE_COLUMN: N_("没有“手机号”一列。这些住户暂时只能用纸质方式表态。"),
    Code.LINE_SKIPPED: N_("合计、说明或重复的表头，没有读。"),
    Code.COLUMNS_UNREAD: N_("这些列没有读：%(names)s。"),
    Code.NAME_BRACKET: N_("姓名后括号里的“%(value)s”记作备注。"),
    Code.ONE_PERSON: N_("与第 %(first)s 行是同一个人（姓名、手机号相同）。一人多套，按一人计。"),
    Code.PHONE_FOR_FIRST: N_("几个人只有一个号码，记在第一个人名下。"),
    Code.PHONE_MISSING: N_("没有手机号。"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a file.

    `row` is the row number that a clerk sees in the file. `column` is the title of the column there (the usual title
    when the file lacks the column), or empty for the whole row. `details` fill the sentence's placeholders.
    """

    row: int
    column: str
    code: Code
    details: dict[str, str | int] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        return SEVERITIES[self.code]

    @property
    def sentence(self) -> str:
        """The sentence in Chinese, filled in; a page translates `FINDING_SENTENCES[code]` instead."""
        return FINDING_SENTENCES[self.code] % self.details
