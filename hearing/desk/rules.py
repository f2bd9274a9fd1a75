"""The trail at the desk: who may search it and take it out (domain.md 3.3); what its sorts and things are called."""

from hearing.people.rules import Role
from hearing.refusal import N_

TRAIL_READERS = frozenset({Role.COMMITTEE_DIRECTOR, Role.AUDITOR})
"""The committee's director reads it in full, the auditor with masked names; both may export it."""

SORTS: dict[str, str] = {
    "proposal": N_("提案"),
    "plan": N_("方案"),
    "consent": N_("意愿征询"),
    "mandate": N_("委托"),
    "poll": N_("投票"),
    "ballot": N_("无记名选票"),
    "paper": N_("纸票"),
    "code": N_("一次性码"),
    "visit": N_("上门与送达"),
    "roll": N_("名册和户册导入"),
    "meeting": N_("会议"),
    "notice": N_("公告"),
    "objection": N_("异议"),
    "holidays": N_("节假日"),
    "concern": N_("顾虑"),
    "works": N_("电梯办理"),
    "group": N_("自治管理小组"),
    "act": N_("住户说不是自己办的"),
    "household": N_("加入一户"),
    "letters": N_("入户信"),
    "tenure": N_("户主变更"),
    "holder": N_("户主资料"),
    "unit": N_("房屋资料"),
    "register": N_("户册导出"),
    "estate": N_("小区"),
    "neighbourhood": N_("居民区"),
    "seat": N_("席位"),
    "casefile": N_("案卷"),
    "trail": N_("存证导出"),
    "key": N_("存证密钥"),
    "erasure": N_("按规定删除"),
    "demo": N_("演示"),
}
"""What an entry's kind begins with, in words."""

THINGS: dict[str, str] = {
    "proposal": N_("提案"),
    "consent": N_("意愿征询"),
    "poll": N_("投票"),
    "meeting": N_("会议"),
    "notice": N_("公告"),
    "objection": N_("异议"),
    "concern": N_("顾虑"),
    "denial": N_("住户的否认"),
    "estate": N_("小区"),
    "membership": N_("加入一户"),
}
"""What an entry may be about, as the trail numbers it."""

TELLING = ("reason", "purpose", "note", "finding", "why", "reply")
"""Parts of a payload that say why: the desk shows these, and never answers, names, doors or telephone numbers."""
