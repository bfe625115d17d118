# Running it: packages, images, `make run`, boot tests, install and boot media.
# A download or an image is made once; what decides whether it is made again is written as its prerequisite.

IMG     := $(BUILD)/image
ROOT    := $(BUILD)/root
comma   := ,
say      = @printf '  %-8s %s\n'

# The hypervisor to run. PEER is Debian's Xen, which benchmarks compare with and which runs in the same rig.
PEER    := $(BUILD)/xen417
HV      ?= $(BUILD)/xenolith
PY      := /usr/bin/python3

##@ Run
## make deps            install the Debian packages of packages.txt that are missing
.PHONY: deps
deps:
	@image/deps packages.txt

# --- which Debian dom0 and the guest are made of: the one that this machine has, unless DEBIAN= says which ---
# Each release: its name, the folder of its images, the group of debs.list with its tools, its own kernel.
RELEASES   := 12 13
NAME_12    := bookworm
NAME_13    := trixie
IMG_12     := $(IMG)
IMG_13     := $(IMG)/13
TOOLS_12   := tools
TOOLS_13   := tools-13
KERNEL_12  := 6.1
KERNEL_13  := 6.12
XEN_12     := 17
XEN_13     := 20
HERE_NOW   := $(shell . /etc/os-release && echo $$VERSION_ID)
DEBIAN     ?= $(or $(filter $(RELEASES),$(HERE_NOW)),$(lastword $(RELEASES)))
ifeq ($(filter $(RELEASES),$(DEBIAN)),)
$(error DEBIAN=$(DEBIAN): dom0 can be made of Debian $(subst $() , or ,$(RELEASES)))
endif

# --- images: $(ROOT)/GROUP is an unpacked group of image/debs.list ---
$(ROOT)/%/.complete: image/debs.list image/fetch image/sources.py
	@image/fetch $(BUILD) $*
	@[ -f $@ ] || { echo "$*: this system's apt sources have no mirror for its release (see image/debs.list)" >&2; \
	  exit 1; }

$(PEER): $(ROOT)/xen-4.17/.complete
	@zcat $(ROOT)/xen-4.17/boot/xen-*-amd64.gz >$@
$(BUILD)/xen420: $(ROOT)/xen-4.20/.complete
	@zcat $(ROOT)/xen-4.20/boot/xen-*-amd64.gz >$@

$(IMG)/vmlinuz-%: $(ROOT)/linux-%/.complete
	@mkdir -p $(@D)
	@cp $(ROOT)/linux-$*/boot/vmlinuz-* $@

INITRAMFS := image/initramfs.py image/newc.py image/kmod.py
DOM0_PARTS := $(INITRAMFS) $(wildcard image/dom0/*) $(BUILD)/xnl
DOMU_PARTS := $(INITRAMFS) $(wildcard image/domu/*) $(wildcard image/dom0/*)
FULL_PARTS := $(wildcard image/full/*) image/sources.py $(addprefix image/dom0/,udhcpc.sh outside.sh profile guest.cfg \
              guest-pvh.cfg)

# dom0's initramfs for any kernel, a guest's for the release's own, the disk with what guests need, and IMAGE=full's.
define release_images
$$(IMG_$(1))/dom0-%.cpio.gz: $$(ROOT)/linux-%/.complete $$(ROOT)/$$(TOOLS_$(1))/.complete $$(DOM0_PARTS)
	$$(say) image $$@
	@mkdir -p $$(@D)
	@$$(PY) image/initramfs.py image/dom0/recipe --tools $$(ROOT)/$$(TOOLS_$(1)) --kernel $$(ROOT)/linux-$$* \
	  --program $$(BUILD)/xnl -o $$@

$$(IMG_$(1))/domu.cpio.gz: $$(ROOT)/linux-$$(KERNEL_$(1))/.complete $$(ROOT)/$$(TOOLS_$(1))/.complete $$(DOMU_PARTS)
	$$(say) image $$@
	@mkdir -p $$(@D)
	@$$(PY) image/initramfs.py image/domu/recipe --tools $$(ROOT)/$$(TOOLS_$(1)) \
	  --kernel $$(ROOT)/linux-$$(KERNEL_$(1)) -o $$@

$$(IMG_$(1))/disk.img: image/disk $$(IMG)/vmlinuz-$$(KERNEL_$(1)) $$(IMG_$(1))/domu.cpio.gz
	$$(say) image $$@
	@image/disk $$@ $$(IMG)/vmlinuz-$$(KERNEL_$(1)) $$(IMG_$(1))/domu.cpio.gz

$$(IMG_$(1))/guests.img: $$(wildcard image/guest/*) image/sources.py
	@SSH_KEY='$$(wildcard $$(SSH_KEY))' image/guest/make $$@ $$(NAME_$(1)) $(1)

$$(IMG_$(1))/full.img: $$(FULL_PARTS)
	@mkdir -p $$(@D)
	@image/full/make $$@ $$(NAME_$(1))
endef
$(foreach r,$(RELEASES),$(eval $(call release_images,$(r))))
# What a run with DEBIAN= needs.
RUN_KERNEL := $(IMG)/vmlinuz-$(KERNEL_$(DEBIAN))
RUN_IMG    := $(IMG_$(DEBIAN))

##@ Build
## make image           make the dom0 and guest images that tests use: of Debian 12, and of Debian 13 (and QEMU 10
##                      from backports) where this system's mirrors have them
IMAGES := $(addprefix $(IMG)/,vmlinuz-6.1 dom0-6.1.cpio.gz domu.cpio.gz disk.img) $(ROOT)/kernels/.complete
MORE_GROUPS := linux-6.12 tools-13 $(if $(filter 12,$(HERE_NOW)),qemu-10)
MORE_IMAGES := $(IMG)/vmlinuz-6.12 $(IMG)/dom0-6.12.cpio.gz \
               $(addprefix $(IMG_13)/,dom0-6.12.cpio.gz domu.cpio.gz disk.img)
.PHONY: image image-more
image: $(IMAGES) image-more
# After the images, so that its own makes and this one never make the same thing at once.
image-more: image/debs.list | $(IMAGES)
	@for g in $(MORE_GROUPS); do [ $(ROOT)/$$g/.missing -nt image/debs.list ] || \
	  $(MAKE) -sq $(ROOT)/$$g/.complete || image/fetch $(BUILD) $$g || exit 1; done
	@[ -f $(ROOT)/linux-6.12/.missing ] || [ -f $(ROOT)/tools-13/.missing ] || $(MAKE) -s $(MORE_IMAGES)

##@ Run
## make guest-image     a real Debian as a guest (DEBIAN=12 or 13): its own kernel, disk and ssh, made by mmdebstrap
##                      (root or sudo); then in dom0 of make run: xl create -c /guests/debian.cfg
.PHONY: guest-image
guest-image: deps
	@$(MAKE) --no-print-directory $(RUN_IMG)/guests.img

# --- make run ---
CPUS    ?= 1
MEM     ?= 2G
KERNEL  ?= $(RUN_KERNEL)
INITRD  ?= $(RUN_IMG)/dom0-$(if $(findstring 6.12,$(notdir $(KERNEL))),6.12,6.1).cpio.gz
DISK    ?= $(RUN_IMG)/disk.img
# Debian's Xen has no way around QEMU 7.2's fault with SMAP, and trusts an MWAIT extension that QEMU lacks.
CPU     ?= max$(if $(filter $(PEER),$(HV)),$(comma)-smap$(comma)-monitor)
QEMU    ?= qemu-system-x86_64
HVARGS  ?= console=com1 com1=115200,8n1 dom0_mem=768M loglvl=all guest_loglvl=all noreboot xen-minor=$(XEN_$(DEBIAN))

# IMAGE=full: dom0's system is a whole Debian with libvirt, on a second disk.
IMAGE   ?= initramfs
ifeq ($(IMAGE),full)
FULL := $(RUN_IMG)/full.img
ARGS    ?= console=hvc0 quiet loglevel=3 rdinit=/sbin/boot-disk
else ifneq ($(IMAGE),initramfs)
$(error IMAGE=$(IMAGE): there are two images, 'initramfs' (small, the default) and 'full' (a whole Debian with libvirt))
else
ARGS    ?= console=hvc0 quiet loglevel=3
endif

# A real Debian to be a guest, if there is one (make guest-image).
GUESTS := $(wildcard $(RUN_IMG)/guests.img)

# The disks that dom0 sees: those of build/image, and what is written to them is forgotten; or with PERSIST=1 copies of
# them in build/persist, made once, which keep it.
PERSIST ?= 0
ifeq ($(PERSIST),1)
KEPT     := $(patsubst $(IMG)/%,$(BUILD)/persist/%,$(DISK) $(FULL) $(GUESTS))
else ifeq ($(PERSIST),0)
KEPT     := $(DISK) $(FULL) $(GUESTS)
else
$(error PERSIST=$(PERSIST): 1 keeps what dom0 writes to its disks, 0 (the default) forgets it)
endif
$(BUILD)/persist/%: | $(IMG)/%
	$(say) persist "$@: a copy of $(IMG)/$* that keeps what is written to it; remove it to begin anew"
	@mkdir -p $(@D)
	@cp --sparse=always --reflink=auto $(IMG)/$* $@.new && mv $@.new $@

# KVM where it works, which is found out by trying it; ACCEL=tcg and ACCEL=kvm ask nobody.
ACCEL   ?=
ifeq ($(filter tcg kvm,$(ACCEL)),$(ACCEL))
FIND_ACCEL    = $(if $(ACCEL),echo $(ACCEL),tools/accel $(BUILD) "$(QEMU)" $(HV) $(BUILD)/guests/hello.elf)
else
$(error ACCEL=$(ACCEL): tcg is QEMU's emulator, kvm is KVM, and without ACCEL= KVM is used where it works)
endif
QEMU_MACHINE := -M q35 -display none
# More for QEMU's command line: another disk, a forwarded port, a debugger. A network card there replaces ours.
QEMU_ARGS    ?=
SNAPSHOT     := $(if $(filter 1,$(PERSIST)),off,on)

# SSH=PORT: dom0's sshd, at this port of this machine alone, for whoever has the key. dom0 takes no passwords.
SSH          ?=
SSH_KEY      ?= $(firstword $(wildcard $(HOME)/.ssh/id_*.pub))
ifneq ($(SSH),)
$(if $(wildcard $(SSH_KEY)),,$(error SSH=$(SSH): no public key in ~/.ssh (ssh-keygen makes one) or by SSH_KEY=))
FORWARD      := $(comma)hostfwd=tcp:127.0.0.1:$(SSH)-:22
KEY_WORD     := SSH_KEY=\"$(strip $(file <$(SSH_KEY)))\"
endif
QEMU_DEVICES  = $(foreach d,$(KEPT),-drive if=virtio,format=raw,snapshot=$(SNAPSHOT),file=$(d)) \
                $(if $(filter -nic% -net%,$(QEMU_ARGS)),,-nic user$(comma)model=virtio-net-pci$(FORWARD)) $(QEMU_ARGS)

# What KERNEL= and HV= may name: what we can make, or a file.
KERNELS      := $(patsubst linux-%,$(IMG)/vmlinuz-%,$(shell sed -n 's/^\(linux-[^ ]*\).*/\1/p' image/debs.list))
check-file    = @[ -f '$(2)' ] || [ -n '$(filter $(2),$(3))' ] || { \
                  echo "$(1)=$(2): there is no such file. It may be any $(4); can be made here: $(3)"; exit 1; }
.PHONY: run-check
run-check:
	$(call check-file,HV,$(HV),$(BUILD)/xenolith $(PEER),hypervisor with a Multiboot header)
	$(call check-file,KERNEL,$(KERNEL),$(KERNELS),Linux kernel that can be a PV dom0)

##@ Run
## make run             boot dom0 in QEMU to a root shell here; DEBIAN=12 or 13 chooses what dom0 is made of (else what
##                      you have); CPUS= MEM= KERNEL= INITRD= CPU= HV= HVARGS= ARGS= QEMU= QEMU_ARGS= vary it,
##                      ACCEL=tcg or kvm says what QEMU uses (else KVM where it works), SSH=PORT lets you in by ssh,
##                      PERSIST=1 keeps its disks, IMAGE=full is a whole Debian with libvirt
.PHONY: run run-qemu
run: run-check deps
	@$(READY)
	@$(MAKE) --no-print-directory run-qemu

# All that a target wants, made by as many processes as there are CPUs; what reads the terminal comes after it, alone.
JOBS   = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
READY  = tools/progress $(MAKE) --no-print-directory $(JOBS) $@-ready
.PHONY: run-ready demo-ready iso-ready
run-ready run-qemu: $(HV) $(KERNEL) $(INITRD) $(KEPT) $(BUILD)/guests/hello.elf
run-ready:

run-qemu:
	$(say) run "$(HV), dom0 of Debian $(DEBIAN), $(CPUS) CPU(s) $(CPU), $(MEM); leave with 'poweroff' in dom0, or Ctrl-] x"
	$(say) trace "what runs, as a picture: xentrace -D -T 5 /tmp/t; xnl trace --svg /tmp/t (docs/trace.md)"
	@accel=$$($(FIND_ACCEL)) && \
	exec $(QEMU) $(QEMU_MACHINE) -accel $$accel -cpu $(CPU) -m $(MEM) -smp $(CPUS) $(QEMU_DEVICES) -monitor none \
	  -chardev stdio,id=tty,mux=on,signal=off -serial chardev:tty -mon chardev=tty -echr 29 \
	  -kernel $(HV) -append "$(HVARGS)" -initrd "$(KERNEL) $(ARGS) $(KEY_WORD),$(INITRD)"

# --- make run-guest ---
GUEST   ?= hello
GUEST_ARGS ?=
## make run-guest       one of guests/ as dom0 in QEMU until it ends: GUEST=hello GUEST_ARGS= CPUS= CPU= HVARGS=
##                      QEMU_ARGS= vary it
# HVARGS= comes behind what a guest needs here, and the later one of two options holds.
GUEST_HVARGS := console=com1 com1=115200,8n1 guest_loglvl=all dom0_mem=64M noreboot \
                $(if $(filter command environment,$(firstword $(origin HVARGS))),$(HVARGS))
.PHONY: run-guest guest-check
guest-check:
	@[ -n "$(filter $(GUEST),$(RUNNABLE))" ] || \
	  { echo "GUEST=$(GUEST): there is no guests/$(GUEST). There are: $(sort $(RUNNABLE))"; exit 1; }
run-guest: guest-check $(HV) guests
	@accel=$$($(FIND_ACCEL)) && \
	exec $(QEMU) $(QEMU_MACHINE) -accel $$accel -cpu $(CPU) -m 512 -smp $(CPUS) -nic none -no-reboot -monitor none \
	  -serial stdio \
	  -kernel $(HV) -append "$(GUEST_HVARGS)" $(QEMU_ARGS) \
	  -initrd "$(BUILD)/guests/$(GUEST).elf $(GUEST_ARGS)"

# --- make demo ---
##@ Run
## make demo            a tour by itself: dom0, a guest, its console, disk and network, save, restore, destroy
##                      (DEBIAN= as with make run)
.PHONY: demo demo-qemu
demo: deps
	@$(READY)
	@$(MAKE) --no-print-directory demo-qemu
demo-ready demo-qemu: $(HV) $(RUN_KERNEL) $(RUN_IMG)/dom0-$(KERNEL_$(DEBIAN)).cpio.gz $(RUN_IMG)/disk.img
demo-ready:
demo-qemu:
	@HV=$(HV) BUILD=$(BUILD) DEBIAN=$(DEBIAN) $(PY) tools/demo/tour.py $(if $(filter 1,$(V)),-v)

# --- boot media and installation ---
##@ Install
## make iso             build/xenolith.iso, a GRUB medium for BIOS and UEFI: hypervisor, dom0's kernel and its initrd
.PHONY: iso
iso: deps
	@$(READY)
iso-ready: $(HV) $(KERNEL) $(INITRD)
	$(say) iso $(BUILD)/xenolith.iso
	@image/iso $(BUILD)/xenolith.iso $(HV) "$(HVARGS)" $(KERNEL) "$(ARGS)" $(INITRD)

# --- tests ---
-include mk/sim.mk

# HV= may name another hypervisor: with HV=$(PEER) the tests that mean something there run on Debian's Xen.
BOOT_WORKERS ?= 2
BOOT_ENV = HV=$(abspath $(HV)) PEER=$(abspath $(PEER)) BUILD=$(abspath $(BUILD))
BOOT_PYTEST = $(BOOT_ENV) $(PY) -m pytest -c test/boot/pytest.ini -p no:cacheprovider test/boot \
              -n $(BOOT_WORKERS) --dist=load $(BOOT_ARGS)

##@ Test
## make test-boot       the quick boot tests in QEMU, two at a time; BOOT_ARGS="-k NAME" chooses
## make test-boot-all   all boot tests: every CPU model, kernel, emulator
.PHONY: test-boot test-boot-all test test-all
test-boot: image hv guests $(HV)
	@$(BOOT_PYTEST) -m quick
test-boot-all: image image-slow hv guests $(HV)
	@$(BOOT_PYTEST)
# What only the slow ones want: a whole Debian as dom0, of each release that can be had here.
.PHONY: image-slow
image-slow: image
	@$(MAKE) -s $(addprefix $(IMG)/,full.img)
	@[ ! -f $(IMG_13)/disk.img ] || $(MAKE) -s $(addprefix $(IMG_13)/,full.img)

SEEDS ?= 1000
FIRST ?= 1
VCPUS ?= 1
## make storm           hostile guests, each from a seed: SEEDS= FIRST= VCPUS= CPUS=; says which one did harm
##                      (HV_DEBUG=1 sees more)
.PHONY: storm
storm: hv guests $(HV)
	@$(BOOT_ENV) $(PY) test/boot/storm.py --first $(FIRST) --seeds $(SEEDS) --vcpus $(VCPUS) --cpus $(CPUS) $(STORM_ARGS)

## make test            everything that must pass, in at most ten minutes on two cores
## make test-all        the same with all boot tests, and the fuzzers on the simulated machine
TEST_PARTS ?= check unit sim fuzz
test test-all: export FUZZ_SECONDS := 3
test: deps
	@test/run $(MAKE) $(TEST_PARTS) test-boot
test-all: deps
	@test/run $(MAKE) $(TEST_PARTS) fuzz-sim test-boot-all

## make test-other      the other Debian release (13 on 12, 12 on 13) in a chroot, kept in build/other: build, unit
##                      tests, some on the simulated machine, dom0's shell and a guest; skipped without root or
##                      network
## make test-release    there too, from nothing but git and make, all that a user does: make run, test-all, demo, iso,
##                      IMAGE=full; hours
.PHONY: test-other test-release
test-other:
	@test/other/run $(BUILD) short
test-release:
	@test/other/run $(BUILD) release

# --- benchmarks ---
$(BUILD)/bench/profile.so: bench/profile.c bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 $(WARN) -I. -shared -fPIC -fvisibility=hidden $< -o $@
$(BUILD)/bench/mark: bench/mark.c bench/mark.h
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 $(WARN) -I. -static -nostdlib -fno-pic -no-pie -fno-stack-protector \
	  -fcf-protection=none $< -o $@

# The table stays on the screen; the chart is made of it.
TABLE     = $(BUILD)/bench/$@.txt
TO_CHART  = $(if $(CHART),>$(TABLE) && cat $(TABLE) && $(PY) bench/chart.py $(TABLE) $(CHART))

##@ Measure
## make bench-boot      instructions from reset to dom0, and memory kept, here and on Debian's Xen
.PHONY: bench-boot
bench-boot: $(HV) $(PEER) $(KERNEL) $(INITRD) $(BUILD)/bench/profile.so
	@$(PY) bench/boot.py --build $(BUILD) --kernel $(KERNEL) --initrd $(INITRD) $(HV) $(PEER) $(TO_CHART)

## make bench-idle      percent of a host CPU that an idle machine takes, here and on Debian's Xen
.PHONY: bench-idle
bench-idle: $(HV) $(PEER) image
	@$(PY) bench/idle.py --build $(BUILD) $(HV) $(PEER)

## make bench-cpu       instructions of CPUID, RDMSR, XSETBV and vCPU switches of a PV kernel, here and on Debian's Xen
##                      (here and in bench-boot, -ops and -tools CHART=FILE.svg draws what differs most)
.PHONY: bench-cpu
bench-cpu: $(HV) $(PEER) $(BUILD)/guests/cpu.elf
	@$(PY) bench/guest.py --build $(BUILD) $(BENCH_ARGS) $(BUILD)/guests/cpu.elf $(HV) $(PEER) $(TO_CHART)

## make bench-ops       instructions of some two hundred operations of a PV kernel, here and on Debian's Xen
.PHONY: bench-ops
bench-ops: $(HV) $(PEER) $(BUILD)/guests/bench.elf $(BUILD)/bench/profile.so
	@$(PY) bench/guest.py --build $(BUILD) $(BENCH_ARGS) $(BUILD)/guests/bench.elf $(HV) $(PEER) $(TO_CHART)

## make bench-tools     what xl create, save, restore, destroy and guests' network and disk cost, here and on
##                      Debian's Xen; DEBIAN=13: with its kernel and tools, and its Xen 4.20
BENCH_PEER := $(if $(filter 13,$(DEBIAN)),$(BUILD)/xen420,$(PEER))
.PHONY: bench-tools
bench-tools: $(HV) $(BENCH_PEER) $(RUN_KERNEL) $(RUN_IMG)/dom0-$(KERNEL_$(DEBIAN)).cpio.gz $(RUN_IMG)/domu.cpio.gz
bench-tools: $(BUILD)/bench/profile.so $(BUILD)/bench/mark
	@$(PY) bench/tools.py --build $(BUILD) --debian $(DEBIAN) $(BENCH_ARGS) $(HV) $(BENCH_PEER) $(TO_CHART)

##@ Test
## make compare-errors  every hypercall with all that can be wrong: where answers differ from Debian's Xen, and why
.PHONY: compare-errors
compare-errors: $(HV) $(PEER) guests
	@$(PY) bench/matrix.py --build $(BUILD) $(BENCH_ARGS) $(HV) $(PEER)
