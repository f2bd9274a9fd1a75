"""Town 真实选举重演: an election of a real town from its `.pb` file, voted again by the product's own pages."""
