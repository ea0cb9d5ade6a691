"""Sites: the packs behind one page, simulated in this process or real behind a port."""
