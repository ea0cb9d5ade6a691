"""What leaves the site or this program: brokers, metrics, messages, passports."""
