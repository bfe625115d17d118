# SPDX-License-Identifier: GPL-2.0-or-later
# The user's entry: `make help`. Each concern has its own fragment in mk/.

BUILD ?= build
V     ?= 0
Q     := $(if $(filter 1,$(V)),,@)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

include mk/tools.mk
include mk/gen.mk
include mk/hv.mk
include mk/host.mk
include mk/unpack.mk
include mk/xnl.mk
include mk/guests.mk
include mk/check.mk
include mk/rig.mk

.PHONY: all clean help
all: hv host

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)
