# SPDX-License-Identifier: GPL-2.0-or-later
# The user's entry: `make help`. Each concern has its own fragment in mk/.

TOP_BUILD := build
# Xen's headers to build with: empty for the system's, else 4.17 or 4.20, which build in a folder of their own.
ABI   ?=
BUILD ?= $(TOP_BUILD)$(if $(ABI),/abi-$(ABI))
V     ?= 0
Q     := $(if $(filter 1,$(V)),,@)

# The project's version: the newest entry of debian/changelog.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)

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
include mk/install.mk

.PHONY: all clean help
all: hv host

clean:
	rm -rf $(BUILD)

##@ Build
## make all             the hypervisor and the programs of `make unit` (what `make` alone does)
## make clean           remove build/: everything that was made, and everything that was downloaded
##@ Run
## make help            this list
# Lines "## ..." belong to the group that the last "##@ GROUP" named.
help:
	@awk '/^##@ / { group = $$2 } sub(/^## /, "") { text[group] = text[group] "  " $$0 "\n" } \
	  END { n = split("Run Build Test Measure Install", order); \
	        for (i = 1; i <= n; i++) printf("%s%s:\n%s", (i > 1 ? "\n" : ""), order[i], text[order[i]]); \
	        print "\nV=1 shows the commands. Variables: docs/how-to-run.md." }' $(MAKEFILE_LIST)
