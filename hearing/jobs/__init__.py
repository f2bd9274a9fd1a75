"""Jobs 后台作业: work that takes longer than a page may, asked for by an act and done by the worker."""
