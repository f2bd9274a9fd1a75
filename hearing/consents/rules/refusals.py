"""Refusals of consents: why an answer, a slip or a step of a collection was not taken."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why something about a consent collection was refused."""

    # Setting a collection up.
    COLLECTION_ELSEWHERE = auto()
    TERMS_INCOMPLETE = auto()
    WINDOW_OUT_OF_BOUNDS = auto()
    WINDOW_ENDS_NOT_LATER = auto()
    EXTENDED_ALREADY = auto()
    COLLECTION_REASON_MISSING = auto()
    ROLL_PUBLICITY_OUT_OF_BOUNDS = auto()
    ROLL_PUBLICITY_RUNNING = auto()
    CORRECTIONS_UNDECIDED = auto()
    ROLL_EMPTY = auto()
    ROLL_TWICE = auto()
    ROLL_CAPACITY = auto()
    ROLL_AREA_MISSING = auto()
    ROLL_HOLDER_MISSING = auto()
    SHARES_EXCEED_WHOLE = auto()
    GRACE_OUT_OF_BOUNDS = auto()
    LEGAL_NOTE_MISSING = auto()
    LINE_UNFIT = auto()
    RULE_UNSEEN = auto()
    # The official result.
    OFFICIAL_TOO_EARLY = auto()
    OFFICIAL_AHEAD = auto()
    OFFICIAL_FIGURES = auto()
    OFFICIAL_DOCUMENT_MISSING = auto()
    OFFICIAL_UNCHANGED = auto()
    OFFICIAL_REASON_MISSING = auto()
    OFFICIAL_MEANWHILE = auto()
    # Answering.
    NOT_YET_OPEN = auto()
    ALREADY_CLOSED = auto()
    PLAN_CHANGED = auto()
    NOT_ON_ROLL = auto()
    UNIT_BLOCKED = auto()
    ANSWER_NOT_OFFERED = auto()
    NOTHING_TO_WITHDRAW = auto()
    ANSWERED_MEANWHILE = auto()
    ASKED_ALREADY = auto()
    SIGNATURE_MISSING = auto()
    DRAFT_CHANGED = auto()
    OBJECT_INSTEAD = auto()
    # Paper and mandates.
    ENTRY_SAME_PERSON = auto()
    SLIP_UNKNOWN = auto()
    SLIP_DONE = auto()
    SLIP_PHOTO_MISSING = auto()
    SLIP_SIGNER_MISSING = auto()
    ENTRY_NOT_IN_DISPUTE = auto()
    SLIP_DATED_AHEAD = auto()
    SLIP_RECEIVED_AHEAD = auto()
    SLIP_DATED_BEFORE_OPENING = auto()
    GRACE_OVER = auto()
    MANDATE_WITHOUT_INSTRUCTION = auto()
    MANDATE_OTHER_PLAN = auto()
    MANDATE_EXPIRED = auto()
    MANDATE_ANSWER_DIFFERS = auto()
    MANDATE_CAP_REACHED = auto()
    MANDATE_TO_ONESELF = auto()
    MANDATE_TO_STAFF = auto()
    MANDATE_TERM = auto()
    MANDATE_ALREADY = auto()
    MANDATE_NOT_YOURS = auto()
    MANDATE_DONE = auto()
    MANDATE_NOT_STANDING = auto()
    MANDATE_ENDED = auto()
    MANDATE_PRINCIPAL_SPOKE = auto()
    SLIP_BEFORE_HOLDING = auto()
    SLIP_CODE_MISTYPED = auto()
    SLIP_OUT_ALREADY = auto()
    SLIP_UNRETURNED = auto()
    SLIP_READ_ALREADY = auto()
    SLIP_OLD_PLAN = auto()
    SLIP_OTHER_COLLECTION = auto()
    SLIP_VOID = auto()
    SLIP_PHOTO_TWICE = auto()
    SLIP_PICTURE_TWICE = auto()
    ENTRY_OTHER_ACCOUNT = auto()
    PHOTO_DONE = auto()
    PHOTOS_MEANWHILE = auto()
    PHOTOS_WAITING = auto()
    SLIPS_NONE = auto()
    # What happens to a unit.
    EVENT_AHEAD = auto()
    EVENT_PAPER_MISSING = auto()
    EVENT_AFTER_CLOSE = auto()
    NO_DIAGNOSIS = auto()
    NOT_BLOCKED = auto()
    HOLDER_DEAD = auto()
    HEIR_NOT_DEAD = auto()
    HEIRS_NONE = auto()
    HEIRS_ONE_FOR_SHARE = auto()
    ADMINISTRATOR_ALONE = auto()
    GUARDIAN_ONESELF = auto()
    GUARDIAN_IS_STAFF = auto()
    GUARDIAN_ANSWERS = auto()
    # Checking and finishing.
    CHECKER_COLLECTED_IT = auto()
    CHECKED_BY_YOU_ALREADY = auto()
    STILL_OPEN = auto()
    DISPUTES_UNDECIDED = auto()
    ENTRIES_UNDECIDED = auto()
    PROVISIONAL_OUT_OF_BOUNDS = auto()
    PROVISIONAL_RUNNING = auto()
    SCRUTINEER_MISSING = auto()
    MANAGER_CONSENT_AWAITED = auto()
    CONFIRMED_ALREADY = auto()
    COUNT_CHANGED = auto()
    DISPUTED_ALREADY = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.OFFICIAL_TOO_EARLY: N_("初步结果还没有公布，现在登记官方结果会影响还没表态的户。请等公布以后再登记。"),
    Refusal.OFFICIAL_AHEAD: N_("结果的日期在今天以后。请照原件核对日期。"),
    Refusal.OFFICIAL_FIGURES: N_("同意的数要和总数一起填，而且不能比总数大。原件没写的，两个都空着。"),
    Refusal.OFFICIAL_DOCUMENT_MISSING: N_("请附上结果的原件：照片或者 PDF。"),
    Refusal.OFFICIAL_UNCHANGED: N_("和已经登记的结果一样，没有什么要更正。"),
    Refusal.OFFICIAL_REASON_MISSING: N_("更正已经登记的结果，请写明为什么。"),
    Refusal.OFFICIAL_MEANWHILE: N_("这次征询的官方结果刚刚有人登记过。请重新打开这一页，看过以后再登记。"),
    Refusal.COLLECTION_ELSEWHERE: N_("征询已经到了下一步，这一步没有办。请刷新页面查看。"),
    Refusal.TERMS_INCOMPLETE: N_("征询还缺%(n)s项设定，不能公布名册。请按清单补齐。"),
    Refusal.WINDOW_OUT_OF_BOUNDS: N_("征询要开%(least)s到%(most)s天，现在是%(days)s天。请改截止日期。"),
    Refusal.WINDOW_ENDS_NOT_LATER: N_("新的截止日期要比原来的晚。请选更晚的日期。"),
    Refusal.EXTENDED_ALREADY: N_("征询已经延长过一次，不能再延长。请到期后按结果办。"),
    Refusal.COLLECTION_REASON_MISSING: N_("请写明理由，名册上的每一户都会看到。"),
    Refusal.ROLL_PUBLICITY_OUT_OF_BOUNDS: N_("名册要公布%(least)s到%(most)s天。请改公布天数。"),
    Refusal.ROLL_PUBLICITY_RUNNING: N_("名册还在公布，%(ends)s 24:00 满期。请在满期后再定。"),
    Refusal.CORRECTIONS_UNDECIDED: N_("还有%(n)s条名册更正没有处理。请逐条处理后再定名册。"),
    Refusal.ROLL_EMPTY: N_("名册上还没有一户，不能开始征询。请先导入名册。"),
    Refusal.ROLL_TWICE: N_("名册上同一户出现了两次：%(unit)s。请删去重复的一行。"),
    Refusal.ROLL_CAPACITY: N_("这种征询只问承租人，名册上有%(n)s户不是承租人。请核对名册或换一种规则。"),
    Refusal.ROLL_AREA_MISSING: N_("这种征询要按面积计算，名册上有%(n)s户没有面积。请补上面积。"),
    Refusal.ROLL_HOLDER_MISSING: N_("户册上有%(n)s户没有登记由谁表态。请先在户册里补上，再公布名册。"),
    Refusal.SHARES_EXCEED_WHOLE: N_("几位共有人的份额加起来超过了全部。请核对份额。"),
    Refusal.GRACE_OUT_OF_BOUNDS: N_("补录期最长%(most)s天。请改补录天数。"),
    Refusal.LEGAL_NOTE_MISSING: N_("自行约定规则要写明法律依据。请写清依据哪部法律、哪份规约或哪次决定。"),
    Refusal.LINE_UNFIT: N_("通过线要大于零、不超过全部，分母最大%(most)s；“超过全部”不可能达到。请改分数。"),
    Refusal.RULE_UNSEEN: N_("已按您写的分数演算了一遍，列在上面。请核对，没有问题再按一次。"),
    Refusal.NOT_YET_OPEN: N_("征询还没有开始。开始后会通知您，请到时再来。"),
    Refusal.ALREADY_CLOSED: N_("征询已在%(closes)s 24:00 截止，这次没有记入。如有不同意见，可以在询异期提出异议。"),
    Refusal.PLAN_CHANGED: N_("方案刚刚更新了，您看的是旧的一版，所以没有记入。请看过新方案再表态。"),
    Refusal.NOT_ON_ROLL: N_("名册上这一户的表态人里没有您。如果名册不对，请打居委会电话。"),
    Refusal.UNIT_BLOCKED: N_("这一户的资料还在核实，暂时不能表态。核实好会通知您，也可以打居委会电话。"),
    Refusal.ANSWER_NOT_OFFERED: N_("这次征询没有这个选项。请从列出的选项里选一个。"),
    Refusal.NOTHING_TO_WITHDRAW: N_("您现在没有可以撤回的表态。请刷新页面查看。"),
    Refusal.OBJECT_INSTEAD: N_("征询已经截止，不能再撤回或更改。可以在询异期提出异议，写明理由。"),
    Refusal.ANSWERED_MEANWHILE: N_("这一户刚刚有了新的表态，所以这次没有记入。请刷新看看现在的情况，要改可以再改。"),
    Refusal.ASKED_ALREADY: N_("您已经提过一个问题，居委会还没有答复。答复后可以再问。"),
    Refusal.SIGNATURE_MISSING: N_("还没有签名。请用手指写上名字，或者拍一张签了名的纸。"),
    Refusal.DRAFT_CHANGED: N_("您在另一处改过这张表，所以这次没有签署。请再核对一遍下面的内容。"),
    Refusal.SLIP_UNKNOWN: N_("没有找到这张征询单。请核对单子上的编号，或者重新打印一张。"),
    Refusal.SLIP_DONE: N_("这张征询单已经录完或者作废了，不能再录。请看它现在的情况。"),
    Refusal.SLIP_PHOTO_MISSING: N_("请先拍下征询单原件的照片，再录入。"),
    Refusal.SLIP_SIGNER_MISSING: N_("请选出在表上签了名的人。"),
    Refusal.ENTRY_SAME_PERSON: N_("这张纸质表已由您录入过一次。请另一位工作人员来录。"),
    Refusal.ENTRY_NOT_IN_DISPUTE: N_("两次录入是一致的，不需要第三个人来定。请刷新页面查看。"),
    Refusal.SLIP_DATED_AHEAD: N_("表上写的日期比收到的日期还晚。请核对原件上的日期。"),
    Refusal.SLIP_RECEIVED_AHEAD: N_("收到的时间还没有到。请核对收件日期。"),
    Refusal.SLIP_DATED_BEFORE_OPENING: N_("表上写的日期在征询开始之前，不能记入。请这一户在新的表上签名。"),
    Refusal.GRACE_OVER: N_("补录期已经结束，不能再录入纸质表。请把原件收好，在询异期登记。"),
    Refusal.MANDATE_WITHOUT_INSTRUCTION: N_("委托书没有写明对这个方案同意还是不同意，不能代为表态。请委托人补写。"),
    Refusal.MANDATE_OTHER_PLAN: N_("委托书写的不是这一版方案。请委托人按这一版重写。"),
    Refusal.MANDATE_EXPIRED: N_("签名的日期不在委托书的有效期里。请委托人重写委托书。"),
    Refusal.MANDATE_ANSWER_DIFFERS: N_("代为表态的内容和委托书写的不一样，没有记入。请按委托书填写。"),
    Refusal.MANDATE_CAP_REACHED: N_("一位代理人最多代%(cap)s户，已经满了。请委托别的人。"),
    Refusal.MANDATE_TO_ONESELF: N_("不能委托自己。请写代理人的姓名和手机号。"),
    Refusal.MANDATE_TO_STAFF: N_("居委会工作人员和监票人不能代住户表态。请委托家人、邻居或者别的人。"),
    Refusal.MANDATE_TERM: N_("委托的期限要从今天往后算，最长%(most)s天。请改有效期。"),
    Refusal.MANDATE_ALREADY: N_("这一位已经有一份委托在办。要换代理人，请先撤销原来的那份。"),
    Refusal.MANDATE_NOT_YOURS: N_("这份委托不是给您的，也不是您给出的。请核对手机号，或者打居委会电话。"),
    Refusal.MANDATE_DONE: N_("这份委托已经办过这一步，或者已经终止，没有重复办。请刷新页面查看。"),
    Refusal.MANDATE_NOT_STANDING: N_(
        "这份委托还没有生效：要代理人接受，纸质的还要第二位工作人员复核。请先办好再表态。"
    ),
    Refusal.MANDATE_ENDED: N_("签名的时候这份委托已经终止，没有记入。请委托人自己表态，或者另写委托书。"),
    Refusal.MANDATE_PRINCIPAL_SPOKE: N_("委托人已经自己表态，不用再代。要改，请委托人自己改。"),
    Refusal.SLIP_BEFORE_HOLDING: N_(
        "签名的日期在过户或者继承（%(since)s）以前，签名的人那时还不是这一户的表态人。请在新的表上签名。"
    ),
    Refusal.SLIP_CODE_MISTYPED: N_("编号的检验字母对不上，多半是看错或打错了一个。请照着单子再打一遍。"),
    Refusal.SLIP_OUT_ALREADY: N_(
        "这几户手里都有一张还没交回的征询单，没有再打印。丢了、写坏了的，请逐张补打并写明理由。"
    ),
    Refusal.SLIP_UNRETURNED: N_("只有还没交回的征询单可以补打。这一张已经交回或者作废，请看它现在的情况。"),
    Refusal.SLIP_READ_ALREADY: N_("这张征询单已经有人录过，照片不能再换。看不清的地方，请照原件录。"),
    Refusal.SLIP_OLD_PLAN: N_(
        "%(door)s的这一张是方案第%(version)s版的，方案已经更新到第%(now)s版，旧表不再算数。请给这一户打印新的一张重新签名。"
    ),
    Refusal.SLIP_OTHER_COLLECTION: N_("这一张是另一次征询的：%(title)s。请到那一次征询里收。"),
    Refusal.SLIP_VOID: N_(
        "%(door)s的这一张已经作废（%(reason)s），不能收。请看这一户是不是有新的一张；没有的，请补打一张重新签名。"
    ),
    Refusal.SLIP_PHOTO_TWICE: N_("%(door)s的这一张已经有照片了，%(when)s收的，这张照片没有收。请核对是不是重复拍了。"),
    Refusal.SLIP_PICTURE_TWICE: N_("这张照片收过了，%(when)s收的，这次没有再收。请选别的照片。"),
    Refusal.ENTRY_OTHER_ACCOUNT: N_("这张纸质表已由您用另一个账号录入过：两个账号是同一个人。请另一位工作人员来录。"),
    Refusal.PHOTO_DONE: N_("这张照片已经处理过了。请刷新页面查看。"),
    Refusal.PHOTOS_MEANWHILE: N_("同一时间有别的同事也在收照片，这次没有记入。请再传一次。"),
    Refusal.PHOTOS_WAITING: N_("还有%(n)s张照片没认出是哪一张征询单。请先认编号，或者写明理由去掉。"),
    Refusal.SLIPS_NONE: N_("选中的范围里没有要打印的户。请换一个范围，或者不要只选没表态的。"),
    Refusal.EVENT_AHEAD: N_("登记的日期还没有到。请核对年月日。"),
    Refusal.EVENT_PAPER_MISSING: N_("请附上证明材料的照片或者 PDF，再登记。"),
    Refusal.EVENT_AFTER_CLOSE: N_("这一户已在%(closes)s 24:00 截止表态，以后的变动不改变它的表态。请只记到户册里。"),
    Refusal.NO_DIAGNOSIS: N_("这里不写病情和诊断。请只写关系和手续，例如：子女，法院指定监护。"),
    Refusal.NOT_BLOCKED: N_("这一户现在可以表态，没有变更。请刷新页面查看。"),
    Refusal.HOLDER_DEAD: N_("这一户有表态人已经去世。请先登记继承人、遗产管理人或者新的承租人。"),
    Refusal.HEIR_NOT_DEAD: N_("这一位没有登记去世，不能由别人接续。请先登记去世日期。"),
    Refusal.HEIRS_NONE: N_("请至少写一位继承人或者遗产管理人。"),
    Refusal.HEIRS_ONE_FOR_SHARE: N_("按份共有的一份由几位继承的，请写各继承人书面推举的一位，或者遗产管理人。"),
    Refusal.ADMINISTRATOR_ALONE: N_("遗产管理人只写一位。几位共同管理的，请写他们推举的一位。"),
    Refusal.GUARDIAN_ONESELF: N_("监护人不能是本人。请核对姓名和手机号。"),
    Refusal.GUARDIAN_IS_STAFF: N_("居委会工作人员和监票人不能在这次征询里做监护人代为表态。请街道另行安排。"),
    Refusal.GUARDIAN_ANSWERS: N_("这一位已登记由监护人代为表态。请监护人来办。"),
    Refusal.CHECKER_COLLECTED_IT: N_("这份签名是您经手的，要由别的工作人员来核实。请另一位来办。"),
    Refusal.CHECKED_BY_YOU_ALREADY: N_("您已经核实过这份签名。请另一位工作人员再核实一次。"),
    Refusal.STILL_OPEN: N_("征询或补录还没有结束，%(ends)s 24:00 满期。请在满期后再办。"),
    Refusal.DISPUTES_UNDECIDED: N_("还有%(n)s份存疑的签名没有核实。请核实后再公布结果。"),
    Refusal.ENTRIES_UNDECIDED: N_("还有%(n)s张纸质表没有录完两遍或两遍不一致。请处理后再公布结果。"),
    Refusal.PROVISIONAL_OUT_OF_BOUNDS: N_("初步结果至少要公示%(least)s天。请改公示天数。"),
    Refusal.PROVISIONAL_RUNNING: N_("初步结果还在询异，%(ends)s 24:00 满期。请在满期后再定。"),
    Refusal.SCRUTINEER_MISSING: N_("结果要由居委会和监票人两个人一起确认。请监票人来确认。"),
    Refusal.MANAGER_CONSENT_AWAITED: N_("还没有收到出租人或物业的书面意见，不能确定结果。请先催办。"),
    Refusal.CONFIRMED_ALREADY: N_("您已经确认过这个结果。请等另一位来确认。"),
    Refusal.COUNT_CHANGED: N_("票数刚刚有变动，这次没有确认。请看过新的票数再确认。"),
    Refusal.DISPUTED_ALREADY: N_("这份签名已经登记存疑，正在核实。请等核实结果。"),
}
