.PHONY: hv
hv:
