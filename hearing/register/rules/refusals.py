"""Refusals of the register: why an import or a change by hand was not done."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why the register was left as it is."""

    ROLL_SAME_AS_REGISTER = auto()
    ROLL_BRINGS_NOTHING = auto()
    ROLL_SAME_PERSON = auto()
    ROLL_STALE = auto()
    ROLL_FAULTY_UNTICKED = auto()
    ROLL_CLOSED = auto()
    ROLL_NOT_IMPORTED = auto()
    UNDO_ASKED = auto()
    UNDO_NOT_ASKED = auto()
    UNDO_SAME_PERSON = auto()
    UNDO_NEWER_FIRST = auto()
    ROLL_USED = auto()
    ESTATE_KNOWN = auto()
    SLUG_UNFIT = auto()
    SLUG_KNOWN = auto()
    NOT_HOLDING_NOW = auto()
    DEATH_KNOWN = auto()
    DAY_AHEAD = auto()
    PHONE_SAME = auto()
    HOLDER_KNOWN = auto()
    TENURE_SAME = auto()
    TENURE_TWICE = auto()
    HOLDERS_NONE = auto()
    HOLDERS_SAME_NAME = auto()
    FORM_NEEDS_SEVERAL = auto()
    FORM_NEEDS_ONE = auto()
    SHARES_NOT_WHOLE = auto()
    SHARES_NOT_ASKED = auto()
    VACANCY_SAME = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.ROLL_SAME_AS_REGISTER: N_("这个文件和现在的户册一样，不用导入。要改哪一户，请先在表里改好再上传。"),
    Refusal.ROLL_BRINGS_NOTHING: N_("这个文件没有可以导入的行。请按下面的原因改好表格，重新上传。"),
    Refusal.ROLL_SAME_PERSON: N_("上传的人不能自己复核。请另一位居委会同事登录后来办。"),
    Refusal.ROLL_STALE: N_("上传以后户册又改过，这张对照表已经不准，没有导入。请把文件重新上传一次，再复核。"),
    Refusal.ROLL_FAULTY_UNTICKED: N_("有 %(n)s 行要改正。同意先不导入这些行，请勾选后再提交。"),
    Refusal.ROLL_CLOSED: N_("这次导入已经办结，没有重复办。请刷新页面查看。"),
    Refusal.ROLL_NOT_IMPORTED: N_("这个文件现在没有导入在册，不用撤销。请刷新页面查看。"),
    Refusal.UNDO_ASKED: N_("已经有同事提出撤销了。请刷新页面查看。"),
    Refusal.UNDO_NOT_ASKED: N_("现在没有人提出撤销。请刷新页面查看。"),
    Refusal.UNDO_SAME_PERSON: N_("提出撤销的人不能自己复核。请另一位居委会同事登录后来办。"),
    Refusal.UNDO_NEWER_FIRST: N_("这次之后还导入过别的户册。请先撤销后来的那一次。"),
    Refusal.ROLL_USED: N_("这次导入的内容已经用上了（%(uses)s），不能整批撤销。哪一户不对，请在那一户的页面上更正。"),
    Refusal.ESTATE_KNOWN: N_("这个居民区已经有同名的小区。请从列表里选。"),
    Refusal.SLUG_UNFIT: N_("代号请用 2 到 40 个小写字母、数字或短横线，字母开头，如 tianjinlu。"),
    Refusal.SLUG_KNOWN: N_("这个代号已经有居民区在用。请换一个。"),
    Refusal.NOT_HOLDING_NOW: N_("这位不在这一户现在的户册上。请刷新页面查看。"),
    Refusal.DEATH_KNOWN: N_("这位的去世日期已经这样登记了，没有重复登记。请刷新页面查看。"),
    Refusal.DAY_AHEAD: N_("日期还没有到。请核对年月日。"),
    Refusal.PHONE_SAME: N_("户册上已经是这个号码，不用更正。请再看一看。"),
    Refusal.HOLDER_KNOWN: N_(
        "户册上另有一位同名同号的，就是同一个人。请改用“变更户主”填这个姓名和号码，会自动认作同一人。"
    ),
    Refusal.TENURE_SAME: N_("填的和现在的户册一样，没有变更。请核对姓名、手机号和共有情况。"),
    Refusal.TENURE_TWICE: N_("刚才有同事也改了这一户，您这次没有记上。请刷新页面，看看现在的户册。"),
    Refusal.HOLDERS_NONE: N_("请至少写一位户主；没有户主的，请勾选“空关或未售，没有户主”。"),
    Refusal.HOLDERS_SAME_NAME: N_("同一户里同一个人写了两次。请核对。"),
    Refusal.FORM_NEEDS_SEVERAL: N_("只写了一位，不能是按份共有。请把共有人写全，或改选单独所有。"),
    Refusal.FORM_NEEDS_ONE: N_("写了 %(n)s 位，不能是单独所有。请改选共同共有或按份共有。"),
    Refusal.SHARES_NOT_WHOLE: N_("按份共有的份额要合计正好是全部。请写分数或百分数，如 1/3、2/3。"),
    Refusal.SHARES_NOT_ASKED: N_("只有按份共有才写份额。请改正其中一处。"),
    Refusal.VACANCY_SAME: N_("户册上已经是这样，没有变更。请刷新页面查看。"),
}
