"""Contents 卷内文件: what lies in a case file, planned first and read only when it is written."""

from hearing.casefile.contents.folder import Folder
from hearing.casefile.contents.whole import gather

__all__ = ["Folder", "gather"]
