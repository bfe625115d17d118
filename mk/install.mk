# Installation, by hand or as Debian packages: one list of files, from which both install and uninstall follow.
# The loader's folder and GRUB's settings are where they are; all else is below PREFIX.

PREFIX  ?= /usr/local
DESTDIR ?=
SHARE   := $(PREFIX)/share

# MODE:SOURCE:TARGET. update-grub looks for /boot/xen*; man and bash-completion look below /usr and /usr/local.
INSTALL_hypervisor := 644:$(BUILD)/xenolith-$(VERSION).gz:/boot/xenolith-$(VERSION).gz \
                      644:image/grub.cfg:/etc/default/grub.d/xenolith.cfg \
                      644:$(GEN)/xenolith.7:$(SHARE)/man/man7/xenolith.7
INSTALL_xnl        := 755:$(BUILD)/xnl:$(PREFIX)/bin/xnl \
                      644:docs/xnl.1:$(SHARE)/man/man1/xnl.1 \
                      644:tools/xnl/completion.bash:$(SHARE)/bash-completion/completions/xnl
INSTALL_doc        := $(foreach f,README.md CONTRIBUTING.md,644:$(f):$(SHARE)/doc/xenolith/$(f)) \
                      $(foreach f,$(wildcard docs/*.md docs/*.svg),644:$(f):$(SHARE)/doc/xenolith/$(f))
INSTALL_PARTS      := hypervisor xnl doc
INSTALL_ALL        := $(foreach p,$(INSTALL_PARTS),$(INSTALL_$(p)))
install-field       = $(word $(2),$(subst :, ,$(1)))

.PHONY: install uninstall $(INSTALL_PARTS:%=install-%)
##@ Install
## make install         put the hypervisor into /boot and its GRUB settings into /etc, xnl, manual pages and docs below
##                      PREFIX=/usr/local; all below DESTDIR, if given. Then: update-grub
## make install-xnl     xnl, its manual page and its completion alone (install-hypervisor, install-doc: the other parts)
## make uninstall       remove what make install, with the same PREFIX and DESTDIR, put there. Then: update-grub
install: $(INSTALL_PARTS:%=install-%)
define install_part
install-$(1): $(foreach e,$(INSTALL_$(1)),$(call install-field,$(e),2))
	$$(Q)set -e; for e in $(INSTALL_$(1)); do IFS=:; set -- $$$$e; unset IFS; \
	  install -D -m "$$$$1" "$$$$2" "$(DESTDIR)$$$$3"; done
endef
$(foreach p,$(INSTALL_PARTS),$(eval $(call install_part,$(p))))

uninstall:
	$(Q)rm -f $(foreach e,$(INSTALL_ALL),'$(DESTDIR)$(call install-field,$(e),3)')
	$(Q)for d in $(SHARE)/doc/xenolith/docs $(SHARE)/doc/xenolith; do \
	  [ ! -d "$(DESTDIR)$$d" ] || rmdir --ignore-fail-on-non-empty "$(DESTDIR)$$d"; done

## make deb             Debian packages in build/deb: xenolith-hypervisor, xenolith-tools, xenolith-doc
DEB := $(BUILD)/deb
.PHONY: deb
deb: deps
	@image/deps debian/needs
	@rm -rf $(DEB) && mkdir -p $(DEB)
	$(say) deb "xenolith $(VERSION); what the packager says is in $(DEB)/log"
	@DEB_RULES_REQUIRES_ROOT=no DEB_OUT=$(abspath $(DEB)) dh_testdir && \
	  DEB_RULES_REQUIRES_ROOT=no DEB_OUT=$(abspath $(DEB)) $(MAKE) --no-print-directory -f debian/rules clean binary \
	    >$(DEB)/log 2>&1 || { tail -n 20 $(DEB)/log; exit 1; }
	@$(MAKE) -s -f debian/rules clean >>$(DEB)/log 2>&1
	@ls $(DEB)/*.deb

## make test-deb        what the packages of make deb hold, what lintian says, and that install and purge leave a system
##                      as it was (needs root, for a chroot)
.PHONY: test-deb
test-deb: deb
	@test/deb/run $(DEB) $(VERSION)

## make test-installed  the packages on a disk with Debian 13 and GRUB, on BIOS and on UEFI: apt install, dom0 by the
##                      menu's entry, a guest, apt purge, Linux alone as before (needs root and a mirror)
.PHONY: test-installed
test-installed: deb image
	@$(BOOT_PYTEST) -n 1 -k test_installed
