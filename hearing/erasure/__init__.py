"""Erasure 删除: what is no longer needed is deleted by class and date, or for one person; the trail stays valid."""
