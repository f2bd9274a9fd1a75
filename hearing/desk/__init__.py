"""The desk 工作台: what staff have to do next, in the order in which it falls due."""
