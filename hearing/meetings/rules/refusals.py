"""Why a step of a meeting was refused, each with the sentence that a person reads."""

from enum import StrEnum, auto

from hearing.refusal import N_


class Refusal(StrEnum):
    """Why a step of a meeting was refused."""

    MEETING_ELSEWHERE = auto()
    MEETING_ABOUT_IT = auto()
    NEXT_ROUND_PLANNED = auto()
    CASE_DOES_NOT_MEET = auto()
    MEETING_TOO_EARLY = auto()
    NOBODY_NAMED = auto()
    TOO_FEW_DELEGATES = auto()
    SIGNED_IN_BEFORE = auto()
    NOBODY_TICKED = auto()
    NOT_YOURS_TO_ANSWER = auto()
    MEETING_REASON_MISSING = auto()
    NEW_DATE_TOO_SOON = auto()
    QUORUM_MISSING = auto()
    QUORUM_THERE = auto()
    NOT_A_DELEGATE = auto()
    QUESTION_EMPTY = auto()
    QUESTIONS_CLOSED = auto()
    ANSWER_EMPTY = auto()
    QUESTIONS_UNANSWERED = auto()
    MINUTES_UNCONFIRMED = auto()
    MINUTES_EMPTY = auto()
    MINUTES_OUTDATED = auto()
    MINUTES_CONFIRMED_BEFORE = auto()
    MINUTES_NOT_YOURS = auto()
    MINUTES_WINDOW_OVER = auto()
    MINUTES_OBJECTION_EMPTY = auto()
    CORRECTION_NOT_YOURS = auto()
    CORRECTION_WAITING = auto()
    CORRECTION_DECIDED = auto()
    CORRECTIONS_OPEN = auto()
    PAPER_NOT_POSTED = auto()
    SIGN_UP_NOT_OPEN = auto()
    SIGN_UP_OVER = auto()
    SIGNED_UP_BEFORE = auto()
    SIGN_UP_FULL = auto()
    SIGN_UP_GONE = auto()
    NOT_FROM_HERE = auto()
    DRAW_TOO_EARLY = auto()
    DRAWN_BEFORE = auto()
    DRAW_WITHOUT_VOLUNTEERS = auto()
    DRAW_SEED_SHORT = auto()
    INVITED_BEFORE = auto()
    INVITATION_DUE_WRONG = auto()
    INVITATION_ANSWERED = auto()
    INVITATION_WITHOUT_WORDS = auto()
    INVITATION_NOT_YOURS = auto()
    AGENDA_OVER = auto()
    NOT_THE_CHAIR = auto()
    IN_THE_CHAIR_ALREADY = auto()
    NOT_IN_THE_ROOM = auto()
    QUEUE_CHANGED = auto()
    QUEUE_EMPTY = auto()
    NOT_IN_QUEUE = auto()
    HAND_UP_ALREADY = auto()
    LEFT_ALREADY = auto()
    VOICE_OR_WORDS = auto()
    VOICE_WORDED_ALREADY = auto()
    POLL_RUNNING = auto()
    POLL_ENDED = auto()
    POLL_OPTIONS_WRONG = auto()
    POLL_NOT_A_DELEGATE = auto()
    POLL_VOTED_ALREADY = auto()
    POLL_PAPER_READ_ALREADY = auto()
    POLL_PAPERS_UNDECIDED = auto()
    POLL_STILL_RUNNING = auto()
    LATE_OPINIONS_OVER = auto()
    OPINIONS_UNGROUPED = auto()
    GROUP_EMPTY = auto()
    GROUP_ANSWERED = auto()
    REPLY_REASON_MISSING = auto()
    REPLY_OFFICE_MISSING = auto()
    REPLY_DUE_WRONG = auto()
    REPLY_NOT_YOURS = auto()
    REPLY_FINAL = auto()
    GROUPS_UNANSWERED = auto()
    SETTLEMENT_UNSIGNED = auto()
    SETTLEMENT_SIGNED_BEFORE = auto()
    SETTLEMENT_NOT_YOURS = auto()
    GRADES_MISSING = auto()
    RECTIFICATION_MISSING = auto()
    RECTIFICATION_FILED = auto()
    RECTIFICATION_EMPTY = auto()
    FOLLOW_UP_SET = auto()
    FOLLOW_UP_TOO_EARLY = auto()
    FOLLOW_UP_OVER = auto()
    FOLLOW_UP_NOT_YOURS = auto()
    FOLLOW_UP_ANSWERED = auto()
    COMPLETED_IN_FUTURE = auto()


SENTENCES: dict[Refusal, str] = {
    Refusal.NEXT_ROUND_PLANNED: N_("下一次会议已经在准备了，请到会议名单里打开那一次。"),
    Refusal.MEETING_ABOUT_IT: N_("这条顾虑已经有一次协调会在准备或者还没开完。请先办完那一次。"),
    Refusal.MEETING_ELSEWHERE: N_("会议已经到了下一步，这一步没有办。请刷新页面查看。"),
    Refusal.CASE_DOES_NOT_MEET: N_("这件事现在不在协商、征询或公示中，不能开会。请先看看它办到了哪一步。"),
    Refusal.MEETING_TOO_EARLY: N_("还没有到时间。%(opens)s起可以签到、开会，请到时再来。"),
    Refusal.NOBODY_NAMED: N_("这幢楼的户册上还没有人，开不了协调会。请先导入户册。"),
    Refusal.TOO_FEW_DELEGATES: N_("名单上只有%(named)s名代表，至少要有%(least)s名。请再补几位，或者改期。"),
    Refusal.SIGNED_IN_BEFORE: N_("您已经签过到了，不用再签。请刷新页面查看。"),
    Refusal.NOBODY_TICKED: N_("还没有勾选人。请勾选到场的人再保存。"),
    Refusal.NOT_YOURS_TO_ANSWER: N_("这个问题由居委会、提案人和受邀单位答复。需要补充，请打居委会电话。"),
    Refusal.MEETING_REASON_MISSING: N_("请写明理由，参加会议的人会看到。"),
    Refusal.NEW_DATE_TOO_SOON: N_("改期至少要隔%(days)s天。请把时间改到%(earliest)s或以后。"),
    Refusal.QUORUM_MISSING: N_(
        "应到%(named)s人，到了%(present)s人，至少要有%(needed)s人才能开会。请补签到，或者改期。"
    ),
    Refusal.QUORUM_THERE: N_("到场的人已经够数，不能按人数不足延期。请开会，或者写明理由延期。"),
    Refusal.NOT_A_DELEGATE: N_("名单上没有这一户。请核对名单，或者登记为旁听。"),
    Refusal.QUESTION_EMPTY: N_("还没有写问题。请写下您想问的。"),
    Refusal.QUESTIONS_CLOSED: N_("会议已经结束，不再收问题。可以打居委会电话提出。"),
    Refusal.ANSWER_EMPTY: N_("还没有写答复。请写下答复再保存。"),
    Refusal.QUESTIONS_UNANSWERED: N_("还有%(n)s个问题没有答复。请逐个答复后再确认纪要。"),
    Refusal.MINUTES_UNCONFIRMED: N_("纪要要由主持人和%(n)s名代表确认。请还没确认的人来确认。"),
    Refusal.MINUTES_EMPTY: N_("还没有写会议情况。请写下会上说明和讨论了什么。"),
    Refusal.MINUTES_OUTDATED: N_("纪要写好以后又有了新的版本、提问或答复。请看最新的一版再办。"),
    Refusal.MINUTES_CONFIRMED_BEFORE: N_("这一版纪要已经确认过，或者提过意见了。请刷新页面查看。"),
    Refusal.MINUTES_NOT_YOURS: N_("纪要由主持人和到会的人确认。有不同意见，请打居委会电话。"),
    Refusal.MINUTES_WINDOW_OVER: N_("对纪要提意见的时间已过，截止到%(until)s 24:00。请打居委会电话。"),
    Refusal.MINUTES_OBJECTION_EMPTY: N_("还没有写意见。请写下纪要哪里不对。"),
    Refusal.CORRECTION_NOT_YOURS: N_("只能更正自己说的话。别的地方有不同意见，请写在“有不对的地方”里。"),
    Refusal.CORRECTION_WAITING: N_("这一条的更正还在核对。请等有了结果再提。"),
    Refusal.CORRECTION_DECIDED: N_("这条更正已经处理过。请刷新页面查看。"),
    Refusal.CORRECTIONS_OPEN: N_("还有%(n)s条更正没有处理。请逐条处理后再定稿。"),
    Refusal.PAPER_NOT_POSTED: N_("会议公告还没有登记纸质张贴。请先把公告贴出去、拍照登记，再开始报名。"),
    Refusal.SIGN_UP_NOT_OPEN: N_("报名还没有开始。请等公告贴出以后再报。"),
    Refusal.SIGN_UP_OVER: N_("报名在会前24小时截止，已经过了。您仍可以到场旁听，请跟门口的工作人员说一声。"),
    Refusal.SIGNED_UP_BEFORE: N_("您已经报过名了。要改，请先取消原来的报名。"),
    Refusal.SIGN_UP_FULL: N_("旁听席位已经报满。想说的话可以先在网上写下，会上会答复。"),
    Refusal.SIGN_UP_GONE: N_("这个报名已经取消了。请刷新页面查看。"),
    Refusal.NOT_FROM_HERE: N_("报名要是这个居民区的住户。请用登记过的手机登录，或者打居委会电话。"),
    Refusal.DRAW_TOO_EARLY: N_("报名还没有截止，名单还会变。请在%(closes)s以后再抽。"),
    Refusal.DRAWN_BEFORE: N_("代表已经抽定，不能再抽。请看公布的名单和种子。"),
    Refusal.DRAW_WITHOUT_VOLUNTEERS: N_("还没有人报名当代表，抽不了。请改为指定代表。"),
    Refusal.DRAW_SEED_SHORT: N_("抽签要有当场报出的数字，至少%(least)s个字。请写下后再抽。"),
    Refusal.INVITED_BEFORE: N_("已经约请过这个单位。请刷新页面查看。"),
    Refusal.INVITATION_DUE_WRONG: N_("答复期限要在今天以后、开会以前。请改一下日期。"),
    Refusal.INVITATION_ANSWERED: N_("这份约请已经有答复了。请刷新页面查看。"),
    Refusal.INVITATION_WITHOUT_WORDS: N_("不来的，请写明原因或者书面意见，会公开。"),
    Refusal.INVITATION_NOT_YOURS: N_("这份约请由被约请的单位或居委会登记答复。请打居委会电话。"),
    Refusal.AGENDA_OVER: N_("议程已经走完。要结束会议，请按“结束会议”。"),
    Refusal.NOT_THE_CHAIR: N_("现在由另一位主持，这一步没有办。要换主持人，请先按“接手主持”。"),
    Refusal.IN_THE_CHAIR_ALREADY: N_("您已经是主持人，不用接手。请刷新页面查看。"),
    Refusal.NOT_IN_THE_ROOM: N_("还没有签到，或者已经登记离场。请先签到。"),
    Refusal.QUEUE_CHANGED: N_("发言名单刚刚变过，这一步没有办。请看新的名单再排。"),
    Refusal.QUEUE_EMPTY: N_("现在没有人等着发言。请等有人举手。"),
    Refusal.NOT_IN_QUEUE: N_("这个人已经不在发言名单上。请刷新页面查看。"),
    Refusal.HAND_UP_ALREADY: N_("您已经在发言名单上，不用再按。请等叫到您。"),
    Refusal.LEFT_ALREADY: N_("这一位的进出已经登记过了。请刷新页面查看。"),
    Refusal.VOICE_OR_WORDS: N_("请写几句话，或者录一段音；两样都没有，就没有可记的。"),
    Refusal.VOICE_WORDED_ALREADY: N_("这段录音已经转成了文字。请刷新页面查看。"),
    Refusal.POLL_RUNNING: N_("已经有一次表决在进行。请先结束那一次。"),
    Refusal.POLL_ENDED: N_("这次表决已经结束，没有再记。请看结果。"),
    Refusal.POLL_OPTIONS_WRONG: N_("请写2到%(most)s个不同的选项，每行一个。"),
    Refusal.POLL_NOT_A_DELEGATE: N_("表决由到场的代表来投，一人一次。旁听的邻居可以把意见写下来。"),
    Refusal.POLL_VOTED_ALREADY: N_("这名代表已经投过，没有再记。请刷新页面查看。"),
    Refusal.POLL_PAPER_READ_ALREADY: N_("这张票您已经录过一次。要由另一位同事再录一遍。"),
    Refusal.POLL_PAPERS_UNDECIDED: N_("还有%(n)s张纸票两人录得不一样或者只录了一遍。请先由另一位同事核对。"),
    Refusal.POLL_STILL_RUNNING: N_("还有一次表决没有结束。请先结束表决。"),
    Refusal.LATE_OPINIONS_OVER: N_("这次会议已经办结，不再收意见。可以打居委会电话提出。"),
    Refusal.OPINIONS_UNGROUPED: N_("还有%(n)s条意见没有归类。请先把每一条归到一组，再开始答复。"),
    Refusal.GROUP_EMPTY: N_("请写明这一组说的是什么，并至少选一条意见。"),
    Refusal.GROUP_ANSWERED: N_("这一组已经答复，不能再改归类。请另建一组。"),
    Refusal.REPLY_REASON_MISSING: N_("请写明怎么办或者为什么不采纳，提意见的邻居会看到。"),
    Refusal.REPLY_OFFICE_MISSING: N_("转办要写明转给哪个单位。请填写后再提交。"),
    Refusal.REPLY_DUE_WRONG: N_("办理期限要在今天以后。请改一下日期。"),
    Refusal.REPLY_NOT_YOURS: N_("意见由居委会和承办单位答复。需要补充，请打居委会电话。"),
    Refusal.REPLY_FINAL: N_("这一组已经有了最后的答复。请刷新页面查看。"),
    Refusal.GROUPS_UNANSWERED: N_("还有%(n)s组意见没有答复。请逐组答复或转办后再办结。"),
    Refusal.SETTLEMENT_UNSIGNED: N_("还有%(n)s位到会的当事人没有签字。请签完，或者登记拒签的原因。"),
    Refusal.SETTLEMENT_SIGNED_BEFORE: N_("这一位已经签过字，或者登记过了。请刷新页面查看。"),
    Refusal.SETTLEMENT_NOT_YOURS: N_("协调结果由到会的各方签字。需要补充，请打居委会电话。"),
    Refusal.GRADES_MISSING: N_("评议会要有一次够人数的满意度评价才能办结。请先评价。"),
    Refusal.RECTIFICATION_MISSING: N_("被评议的单位还没有交整改方案。请先登记整改方案。"),
    Refusal.RECTIFICATION_FILED: N_("整改方案已经登记过。请刷新页面查看。"),
    Refusal.RECTIFICATION_EMPTY: N_("请写明整改什么、什么时候做完。"),
    Refusal.FOLLOW_UP_SET: N_("完工日期已经登记过。请刷新页面查看。"),
    Refusal.FOLLOW_UP_TOO_EARLY: N_("完工满30天才评价，%(opens)s起可以评。请到时再来。"),
    Refusal.FOLLOW_UP_OVER: N_("评价已经截止。可以打居委会电话提意见。"),
    Refusal.FOLLOW_UP_NOT_YOURS: N_("评价由这件事涉及的住户来做，一户一次。可以打居委会电话提意见。"),
    Refusal.FOLLOW_UP_ANSWERED: N_("您家已经评过了，一户一次。请刷新页面查看。"),
    Refusal.COMPLETED_IN_FUTURE: N_("完工日期不能在今天以后。请改一下日期。"),
}
