# SPDX-License-Identifier: GPL-2.0-or-later
# The user's entry: `make help`. Each concern has its own fragment in mk/.

TOP_BUILD := build
# Xen's headers to build with: empty for the system's, else 4.17 or 4.20, which build in a folder of their own.
ABI   ?=
BUILD ?= $(TOP_BUILD)$(if $(ABI),/abi-$(ABI))
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
