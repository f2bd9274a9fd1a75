"""Files 附件: evidence as content-addressed files, and who may open them."""
