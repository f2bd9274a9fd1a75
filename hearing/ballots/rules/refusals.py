"""Refusals of polls 投票办不成的原因: each with one sentence that says what happened and what to do."""

from __future__ import annotations

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why something about a poll was not done."""

    POLL_NOT_OPEN = auto()
    POLL_OVER = auto()
    POLL_STILL_OPEN = auto()
    POLL_VOID = auto()
    POLL_ELSEWHERE = auto()
    NO_VOTER = auto()
    NO_SUCH_BALLOT = auto()
    VOTED_ALREADY = auto()
    VOTED_MEANWHILE = auto()
    BALLOT_TAKEN = auto()
    NO_PROMISE = auto()
    NO_BOX_KEY = auto()
    UNKNOWN_PROJECT = auto()
    PROJECT_TWICE = auto()
    PROJECT_WITHDRAWN = auto()
    NOTHING_CHOSEN = auto()
    TOO_FEW = auto()
    TOO_MANY = auto()
    OVER_BUDGET = auto()
    OVER_POT = auto()
    NOT_A_NUMBER = auto()
    TOO_MANY_POINTS = auto()
    TOO_MANY_POINTS_FOR_ONE = auto()
    RANKS_WITH_GAPS = auto()
    RANK_TWICE = auto()
    PHRASE_TOO_LONG = auto()
    CODE_TAKEN = auto()
    BAD_CODE = auto()
    COST_NOTHING = auto()
    NO_CATEGORY = auto()
    DEARER_THAN_BUDGET = auto()
    DEARER_THAN_POT = auto()
    TOO_MANY_PROJECTS = auto()
    TOO_FEW_PROJECTS = auto()
    NO_VOTERS = auto()
    CLOSES_TOO_SOON = auto()
    WINDOW_TOO_LONG = auto()
    NOT_LATER = auto()
    BAD_LIMITS = auto()
    RULE_DOES_NOT_FIT = auto()
    NO_POT_OF_ITS_OWN = auto()
    POTS_BEYOND_BUDGET = auto()
    ROLL_UNCHANGED = auto()
    SAME_OFFICER = auto()
    VOID_ASKED_BY_YOU = auto()
    AMENDMENT_DONE = auto()
    HAS_VOTED = auto()
    NO_PAPERS_LEFT = auto()
    MORE_THAN_HANDED = auto()
    TOO_MANY_SHEETS = auto()
    PAPER_MISTYPED = auto()
    NO_SUCH_PAPER = auto()
    PAPER_OF_OTHER_POLL = auto()
    PAPER_ENTERED = auto()
    PAPER_VOID = auto()
    READ_BY_YOU = auto()
    READ_MEANWHILE = auto()
    PAPER_EXCHANGED = auto()
    PAPER_NOT_HANDED = auto()
    PAPER_HANDED = auto()
    NO_PHOTOS_OF_SECRET_PAPERS = auto()
    PHOTO_TWICE = auto()
    PHOTO_OF_PAPER_TWICE = auto()
    PHOTO_OF_SEVERAL = auto()
    PHOTO_OF_OTHER_POLL = auto()
    PHOTO_SETTLED = auto()
    PAPER_CAME_BACK = auto()
    PAPER_LOST = auto()
    PAPER_NOT_LOST = auto()
    PAPER_OUT = auto()
    PAPERS_IN_HAND = auto()
    NOTHING_MISSING = auto()
    WRONG_NUMBER_MISSING = auto()
    DESK_CODE_MISTYPED = auto()
    DESK_CODE_OVER = auto()
    NOT_PAPER_WAY = auto()
    HAS_VOTED_OR_PAPER = auto()


SENTENCES = {
    Refusal.POLL_NOT_OPEN: N_("投票还没有开始，现在不能提交。请等开始以后再来。"),
    Refusal.POLL_OVER: N_("投票已经截止，这张选票没有收。有疑问请打居委会电话。"),
    Refusal.POLL_VOID: N_("这次投票已经作废，不再收票，也不能再改。为什么作废，请看投票的那一页。"),
    Refusal.POLL_STILL_OPEN: N_("投票还没有截止，现在不能计票。请等到截止。"),
    Refusal.POLL_ELSEWHERE: N_("这次投票的状态刚刚变了。请刷新页面再看。"),
    Refusal.NO_VOTER: N_("您不在这次投票的名册上。有疑问请打居委会电话。"),
    Refusal.NO_SUCH_BALLOT: N_("公开的选票里没有这个编号，请对照回执再看一看。"),
    Refusal.VOTED_ALREADY: N_(
        "您户已经投过票，这一张没有收。无记名的选票投出后不能再改。如果不是您户投的，请打居委会电话。"
    ),
    Refusal.VOTED_MEANWHILE: N_("您户刚刚交过一张选票，这一张没有收。请看过那一张再决定要不要改。"),
    Refusal.BALLOT_TAKEN: N_("这张选票的编号已经用过，请返回重新核对一次再提交。"),
    Refusal.NO_PROMISE: N_("现在开不出回执，所以没有收您的选票。请过几分钟再提交。"),
    Refusal.NO_BOX_KEY: N_("票箱的钥匙不在，现在不能收票，也不能开箱。请居委会联系系统管理员，从备份里找回钥匙。"),
    Refusal.UNKNOWN_PROJECT: N_("选票上有一个这次投票没有的项目。请重新选。"),
    Refusal.PROJECT_TWICE: N_("同一个项目选了两次。请只选一次。"),
    Refusal.PROJECT_WITHDRAWN: N_("“%(title)s”已经撤回，不能再选。请取消这一项。"),
    Refusal.NOTHING_CHOSEN: N_("还没有选。请至少选一项。"),
    Refusal.TOO_FEW: N_("至少要选 %(least)d 项，现在选了 %(chosen)d 项。"),
    Refusal.TOO_MANY: N_("最多选 %(most)d 项，现在选了 %(chosen)d 项。请取消几项。"),
    Refusal.OVER_BUDGET: N_("选的项目合计 %(cost)s，超出 %(over)s。请取消一项再提交。"),
    Refusal.OVER_POT: N_("“%(pot)s”这一类合计 %(cost)s，超出 %(over)s。请取消一项再提交。"),
    Refusal.NOT_A_NUMBER: N_("“%(typed)s”不是整数。请写 0 到 %(most)d 之间的整数，例如 3。"),
    Refusal.TOO_MANY_POINTS: N_("一共有 %(points)d 分可以给，现在给了 %(given)d 分。请减去 %(over)d 分。"),
    Refusal.TOO_MANY_POINTS_FOR_ONE: N_("一个项目最多给 %(most)d 分。请改少一点。"),
    Refusal.RANKS_WITH_GAPS: N_("名次要从 1 起，一个接一个，中间不能空。现在缺第 %(missing)d 名。"),
    Refusal.RANK_TWICE: N_("有两个项目都写了第 %(rank)d 名。请改一个。"),
    Refusal.PHRASE_TOO_LONG: N_("您的一句话最多 %(most)d 个字。请写短一点。"),
    Refusal.CODE_TAKEN: N_("这个编号已经有项目用了。请换一个。"),
    Refusal.BAD_CODE: N_("项目编号请用 1 到 12 个字母、数字、点、横线，例如 01 或 A-3。"),
    Refusal.COST_NOTHING: N_("每个项目都要有费用，不能是 0 元。"),
    Refusal.NO_CATEGORY: N_(
        "“%(title)s”没有写属于哪一类，或者写的那一类没有金额。分类计算时，每个项目都要写属于这几类里的哪一类：%(pots)s。"
    ),
    Refusal.DEARER_THAN_BUDGET: N_(
        "“%(title)s”要 %(cost)s，比总金额 %(budget)s 还多，怎么投都选不上。"
        "请改费用或者总金额；不要这个项目的，先撤回它。"
    ),
    Refusal.DEARER_THAN_POT: N_(
        "“%(title)s”要 %(cost)s，比“%(pot)s”这一类的 %(budget)s 还多，怎么投都选不上。"
        "请改费用或者这一类的金额；不要这个项目的，先撤回它。"
    ),
    Refusal.TOO_MANY_PROJECTS: N_("一次投票最多 %(most)d 个项目。请先撤回一个再加。"),
    Refusal.TOO_FEW_PROJECTS: N_("至少要有 %(least)d 个项目才能开始投票。"),
    Refusal.NO_VOTERS: N_("这个范围的户册上没有可以投票的人，不能开始。请先核对户册。"),
    Refusal.CLOSES_TOO_SOON: N_("从开始到截止至少 %(hours)d 小时。请把截止时间改晚。"),
    Refusal.WINDOW_TOO_LONG: N_("投票最长 %(days)d 天。请把截止时间改早。"),
    Refusal.NOT_LATER: N_("延长后的截止时间要比现在的晚。"),
    Refusal.BAD_LIMITS: N_("最少选几项不能比最多选几项还多；打分的要写每张选票几分，选几项的要写最多几项。"),
    Refusal.RULE_DOES_NOT_FIT: N_("这种选票不能用这种计票办法。要分钱的请写总金额，同意反对的请用过半数。"),
    Refusal.NO_POT_OF_ITS_OWN: N_("分类金额请一行写一类，例如：绿化 30000。"),
    Refusal.POTS_BEYOND_BUDGET: N_("各类金额合计 %(sum)s，要等于总金额 %(budget)s。"),
    Refusal.ROLL_UNCHANGED: N_("名册上已经是这样，不用改。请再看看是哪一户。"),
    Refusal.SAME_OFFICER: N_("改名册要两个人经办。提出的人不能自己确认，请另一位同事确认。"),
    Refusal.VOID_ASKED_BY_YOU: N_("投票作废要两个人经办。提出的人不能自己确认，请另一位同事确认。"),
    Refusal.AMENDMENT_DONE: N_("这一条名册改动已经办过了。请回投票那一页看看。"),
    Refusal.HAS_VOTED: N_("这一户已经投过票，不能从名册上去掉。请核对是哪一户。"),
    Refusal.NO_PAPERS_LEFT: N_("印好的纸票已经发完。请先再印一批。"),
    Refusal.MORE_THAN_HANDED: N_(
        "交回的纸票比发出的还多，这一张不能收。请停下来清点，看是不是有没发出的纸票混进来了。"
    ),
    Refusal.TOO_MANY_SHEETS: N_("一批印 1 到 %(most)d 张。要更多请分几批印。"),
    Refusal.PAPER_MISTYPED: N_("这个纸票编号不对：编号一共 10 位，请对照纸票上的再输一遍。"),
    Refusal.NO_SUCH_PAPER: N_("没有印过这个编号的纸票。请核对编号；如果编号没错，请把这张纸收好，马上告诉居委会主任。"),
    Refusal.PAPER_OF_OTHER_POLL: N_("这张纸票是另一次投票“%(title)s”的，不能在这里录。请放回那一次投票。"),
    Refusal.PAPER_ENTERED: N_("这张纸票已经录完，计入了票箱，没有再算一次。请放到已录的一叠。"),
    Refusal.PAPER_VOID: N_("这张纸票已经作废，不能再录。请放到作废的一叠。"),
    Refusal.READ_BY_YOU: N_("这张纸票您已经录过一次，要由另一位同事再录。请交给没有录过它的人。"),
    Refusal.READ_MEANWHILE: N_("这张纸票刚刚有别人录了。请刷新页面再看轮到谁。"),
    Refusal.PAPER_EXCHANGED: N_("这张纸票已经当面换过新的，只能作废。请选“作废”。"),
    Refusal.PAPER_NOT_HANDED: N_("这张纸票没有登记发给了哪一户。请先在发票的页面登记，再来录。"),
    Refusal.PAPER_HANDED: N_("这张纸票已经发给了别人。请另拿一张。"),
    Refusal.NO_PHOTOS_OF_SECRET_PAPERS: N_("无记名投票的纸票不拍照：照片会留下笔迹和编号。请照着原件录。"),
    Refusal.PHOTO_TWICE: N_("这一张照片已经传过，没有再收。请换下一张。"),
    Refusal.PHOTO_OF_PAPER_TWICE: N_("这张纸票已经有照片了，这张照片没有收。要换照片，请先把那一张标成看不清。"),
    Refusal.PHOTO_OF_SEVERAL: N_("这张照片里不止一张纸票，没有收。请一张一张分开拍。"),
    Refusal.PHOTO_OF_OTHER_POLL: N_("这张纸票是另一次投票的，照片没有收。请放回那一次投票。"),
    Refusal.PHOTO_SETTLED: N_("这张照片已经处理过，或者纸票已经有人录了。请刷新页面再看。"),
    Refusal.PAPER_CAME_BACK: N_("这张纸票已经交回，拍了照或者录了一半，不能报没交回。请先录完。"),
    Refusal.PAPER_LOST: N_(
        "这张纸票报过没交回，已经不算，不能再录。请在“报过没交回的又出现了”那一页记下，放到作废的一叠。"
    ),
    Refusal.PAPER_NOT_LOST: N_("这张纸票没有报过没交回。请照常录入。"),
    Refusal.PAPER_OUT: N_("您户领了纸票，请交纸票。纸票丢了，或者要改用手机的，请到居委会办一下。"),
    Refusal.PAPERS_IN_HAND: N_("还有 %(n)d 张纸票拍了照或者只录了一半。请先录完，再清点没交回的。"),
    Refusal.NOTHING_MISSING: N_("发出的纸票都有了着落，不需要再报没交回的。"),
    Refusal.WRONG_NUMBER_MISSING: N_(
        "数目对不上：发出 %(handed)d 张，已录完和报过没交回的 %(done)d 张，应当还缺 %(missing)d 张。请重新清点。"
    ),
    Refusal.DESK_CODE_MISTYPED: N_("一次性码是 8 位数字，请对照工作人员给的再输一遍。"),
    Refusal.DESK_CODE_OVER: N_("这个一次性码没有用：过了时间、用过了，或者换了新的。请向工作人员要一个新的。"),
    Refusal.NOT_PAPER_WAY: N_("无记名投票的纸票不登记发给谁，实名投票的要登记。请刷新页面再办。"),
    Refusal.HAS_VOTED_OR_PAPER: N_("这一户已经投过票，或者领过纸票，不能再领。请跟来的人说明。"),
}
