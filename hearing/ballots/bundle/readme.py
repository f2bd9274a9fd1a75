"""README 说明: what lies in a bundle and how to count again, in Chinese and in English."""

from hearing.ballots.bundle.about import About

_ZH = """{title}
{place}，{opened} 至 {closed}。这个压缩包里有重新计票所需要的一切。

一、文件
  election.pb    全部选票，格式是国际通用的 Pabulib，可以用文本编辑器打开。{rows_zh}
  rule.json      计票规则，投票开始前定好；并列时用的抽签顺序也在里面。
  tally.json     我们公布的计票记录：每一轮、每一个方案、每一笔钱。
  recount.py     重新计票的程序，只有一个文件，可以读，可以改。
{more_zh}  checkpoint     存证最新的签名（已有签名时），与公告栏和见证人手里的比对。
  SHA256SUMS     每个文件的校验和。

二、怎样重新计票（不用联网，不用我们的程序；有 Python 3.9 以上就行）
  1. 文件没有损坏：sha256sum -c SHA256SUMS
  2. 重新计票：{command}
     最后一行是“AGREES 一致”，就是每一轮都一样；“DIFFERS 不一致”，上面几行说哪里不一样。
     加 --margins，连每个落选方案“差多少”也核对。
  不相信 recount.py，可以请别人照 rule.json 另写一个，结果应当一样。

三、说明
  选票上没有姓名、房号、时间，编号是另编的，顺序与投票的先后无关。{merged_zh}
  人数很少时，从总数也可能猜出某户的选择，这一点任何公布方法都避免不了。
"""

_EN = """
{title}
{place}, {opened} to {closed}. Everything that is needed to count this poll again.

1. The files
  election.pb    all ballots, in the international Pabulib format; any text editor opens it. {rows_en}
  rule.json      the rule, fixed before the poll opened, with the lot that was drawn for ties.
  tally.json     the record that we published: every round, every project, every payment.
  recount.py     the program that counts again: one file, to be read and to be changed.
{more_en}  checkpoint     the newest signed head of the trail, to compare with the board's and the witnesses'.
  SHA256SUMS     the digest of every file.

2. How to count again (offline, without our programs; Python 3.9 or later is all it needs)
  a. No file is damaged: sha256sum -c SHA256SUMS
  b. Count: {command}
     Its last line says AGREES when every round is the same, or DIFFERS, and the lines before it say where.
     With --margins it also checks what each project that was not chosen is said to have lacked.
  Whoever does not trust recount.py can have another program written from rule.json; the outcome should be the same.

3. What it does not tell
  Ballots have no name, door or time; their ids were made for this file, and their order is not that of voting.
  {merged_en}Where very few people vote, totals alone may give a household away; no way of publishing avoids that.
"""


def readme(about: About, *, merged: bool, secret: bool) -> str:
    """The text of README.txt."""
    command = "python3 recount.py election.pb rule.json --expect tally.json"
    more_zh, more_en = "", ""
    if secret:
        command += " --reveal reveal.jsonl --leaves leaves.txt"
        more_zh += "  reveal.jsonl   无记名投票的启封件：每张选票的编码和内容。您可以找到自己的那一张。\n"
        more_en += "  reveal.jsonl   the opened ballots of a secret poll with their codes; you can find your own.\n"
        more_zh += "  leaves.txt     存证里这次投票的选票编号。\n"
        more_en += "  leaves.txt     the codes of this poll's ballots in the trail.\n"
    rows_zh = "内容一样的选票排在一起。" if merged else "顺序是打乱的。"
    rows_en = "Ballots of equal content stand together." if merged else "Rows are shuffled."
    said = {
        "title": about.title,
        "place": about.place,
        "opened": about.opened.isoformat(),
        "closed": about.closed.isoformat(),
        "command": command,
        "more_zh": more_zh,
        "more_en": more_en,
        "rows_zh": rows_zh,
        "rows_en": rows_en,
        "merged_zh": "投票不到 200 人，所以只公布合并后的选票。" if merged else "",
        "merged_en": "Fewer than 200 people voted, so ballots are published merged. " if merged else "",
    }
    return _ZH.format(**said) + _EN.format(**said)
