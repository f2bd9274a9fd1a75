"""The trail 存证: every act of the product, once and for all, for anybody to check."""
