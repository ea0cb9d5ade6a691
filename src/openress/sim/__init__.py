"""The plant: a rack of LiFePO4 packs with its panel and loads, pure given a seed."""
