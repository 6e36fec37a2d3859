# nephoscope - a cloud in a terminal.  `make run` sets up, builds and starts it; `make help` lists the rest.
# Knobs first: give them on the command line or in the environment.

VERSION    = 0.1.0
PREFIX    ?= /usr/local
# Not every shell knows a ~ behind a =.
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(PREFIX))
DESTDIR   ?=
BUILD     ?= build
V         ?=
ARGS      ?=
CASES     ?= ../shared/data
TESTS     ?=
JOBS      ?=
FUZZ_S    ?= 60

CC        ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS    ?= -O2 -g
CPPFLAGS  ?=
LDFLAGS   ?=

# Warnings are errors in a checkout, where someone can mend them; not in a tarball on a newer compiler.
WERROR    ?= $(if $(wildcard .git),-Werror)
WARNINGS   = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
             -Wmissing-prototypes -Wwrite-strings -Wundef $(WERROR)
# Each of these is used where the compiler takes it; HARDEN= turns them all off.
HARDEN    ?= -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
             -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr \
             -fno-delete-null-pointer-checks -fno-strict-overflow -fPIE \
             $(if $(filter -O -O1 -O2 -O3 -Os,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
HARDEN_LD ?= -pie -Wl,-z,relro,-z,now,-z,noexecstack
# The rooms on a simulated request's way are inlined into each other when the program is linked, 8 % of
# its time, those on an answer's way, 10 %, and those on a queue's message's, 7 %.  INLINE= turns it
# off; tests are linked without it, which is quicker.
INLINE    ?= $(if $(filter -O2 -O3,$(CFLAGS)),-O3 -flto=1 -flto-partition=one -ffat-lto-objects)
INLINED    = $(addprefix base/,fault heap list mem pool shape str table utf8) \
             $(addprefix api/,idempotency invoke output_json sqs sqs_delete sqs_message sqs_receive \
             value) \
             $(addprefix sim/,chance event pending stats) \
             $(addprefix cloud/,balancer flow listener message_log meter node_capacity queue \
             queue_line queue_message queue_storage request request_idle request_path request_pool \
             request_reach request_server routing rule server stream target target_anomaly \
             target_choice target_recent way)

PACKAGES   = ncursesw readline sqlite3 jansson md4c libutf8proc nettle
TEST_PKGS  = cmocka vterm

# ---- what a knob turns into (asked once, and only when something is to be compiled) ----------------

Q          = $(if $(V),,@)
SAY        = @$(if $(findstring s,$(firstword -$(MAKEFLAGS))),:,printf '  %-7s %s\n')
# once NAME,VALUE: a variable that is computed at its first use.
once       = $(eval $(1) := $(2))$($(1))
pkg        = $(shell $(PKG_CONFIG) $(1) 2>/dev/null)
# Which of the flags does the compiler take?  All together first, one by one only if that fails.
accepted   = $(shell try() { echo 'int main(void) { return 0; }' | \
               $(CC) -Werror $(CFLAGS) $(2) "$$@" -x c - -o /dev/null 2>/dev/null; }; \
               if try $(1); then echo '$(1)'; else \
               for flag in $(1); do if try $$flag; then echo "$$flag"; fi; done; fi)

PKG_CFLAGS     = $(call once,PKG_CFLAGS,$(call pkg,--cflags $(PACKAGES)))
PKG_LIBS       = $(call once,PKG_LIBS,$(call pkg,--libs $(PACKAGES)))
TEST_CFLAGS    = $(call once,TEST_CFLAGS,$(call pkg,--cflags $(TEST_PKGS)))
TEST_LIBS      = $(call once,TEST_LIBS,$(call pkg,--libs $(TEST_PKGS)))
HARDEN_OK      = $(call once,HARDEN_OK,$(if $(HARDEN),$(call accepted,$(HARDEN))))
INLINE_TAKEN   = $(call once,INLINE_TAKEN,$(if $(INLINE),$(call accepted,$(INLINE))))
INLINE_OK      = $(if $(filter-out $(INLINE_TAKEN),$(INLINE)),,$(INLINE))
INLINE_NOT     = $(if $(INLINE_OK),-fno-lto)
HARDEN_LD_OK   = $(call once,HARDEN_LD_OK,$(if $(HARDEN),$(call accepted,$(HARDEN_LD),$(HARDEN_OK))))

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -DNEPHOSCOPE_VERSION='"$(VERSION)"' -Iinclude -Isrc $(WARNINGS) \
             $(PKG_CFLAGS) $(HARDEN_OK) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LD_OK) $(LDFLAGS)
LIBS       = $(PKG_LIBS) -lm

# Homebrew keeps these three out of pkg-config's way.
BREWED     = $(wildcard $(foreach p,ncurses readline sqlite,/opt/homebrew/opt/$(p)/lib/pkgconfig \
               /usr/local/opt/$(p)/lib/pkgconfig))
ifneq ($(BREWED),)
export PKG_CONFIG_PATH := $(subst $() ,:,$(strip $(BREWED) $(PKG_CONFIG_PATH)))
endif

# ---- the parts -------------------------------------------------------------------------------------

PROGRAM    = $(BUILD)/nephoscope
MAIN       = $(wildcard src/main.c)
SOURCES    = $(sort $(wildcard src/*/*.c))
OBJECTS    = $(SOURCES:src/%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/assets.o
HELPERS    = $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(sort $(wildcard tests/lib/*.c)))

# A suite is a folder of tests/: NAME_test.c is built and run, NAME.sh is run, NAME.test is a transcript.
SUITES     = unit sim view shell lesson fault tidy
TTY_SUITES = tty
C_TESTS    = $(sort $(wildcard $(SUITES:%=tests/%/*_test.c)))
TTY_TESTS  = $(sort $(wildcard $(TTY_SUITES:%=tests/%/*_test.c)))
UNIT_TESTS = $(sort $(wildcard tests/unit/*_test.c))
SCRIPTS    = $(sort $(wildcard $(foreach s,$(SUITES),$(if $(MAIN),tests/$(s)/*.test) tests/$(s)/*.sh)))
TTY_SCRIPTS = $(sort $(wildcard $(foreach s,$(TTY_SUITES),tests/$(s)/*.test tests/$(s)/*.sh)))
CONFORM    = $(sort $(wildcard tests/conformance/*.c))
BENCHES    = $(sort $(wildcard tests/bench/*.c))
FUZZERS    = $(sort $(wildcard tests/fuzz/*_fuzz.c))
built      = $(patsubst tests/%.c,$(BUILD)/%,$(1))
# What fuzzing found or reached is tried again by every `make check`, without libFuzzer.
REPLAYS    = $(sort $(patsubst tests/fuzz/corpus/%,$(BUILD)/replay/%,$(wildcard tests/fuzz/corpus/*_fuzz)))

ASSETS     = $(sort $(foreach d,catalog sites themes art man completion,\
               $(shell find assets/$(d) -type f ! -name '.*' 2>/dev/null)) \
               $(shell find lessons -type f ! -name '.*' 2>/dev/null))

# What the suites' programs are told.
TEST_ENV   = NEPHOSCOPE='$(abspath $(PROGRAM))' BUILD='$(BUILD)' CC='$(CC)' LC_ALL=C.UTF-8 \
             CMOCKA_MESSAGE_OUTPUT=TAP
RUN_TESTS  = $(TEST_ENV) JOBS='$(JOBS)' sh tests/run
# Plain goals, so that `make test` after `make asan` meets no stale program.
TEST_PROGRAMS = $(if $(MAIN),$(PROGRAM)) $(BUILD)/transcript

all: $(if $(MAIN),$(PROGRAM),$(OBJECTS)) ## build the program, build/nephoscope

run: ## install what is missing, build, and open the console (ARGS='...')
	@sh .ci/deps
	@$(MAKE) --no-print-directory all
	$(Q)exec $(PROGRAM) $(ARGS)

test: ## install what is missing, build, and run every test
	@sh .ci/deps
	@$(MAKE) --no-print-directory check

check: $(call built,$(C_TESTS) $(TTY_TESTS)) $(REPLAYS) $(TEST_PROGRAMS) ## run every test, install nothing (TESTS=)
ifneq ($(TESTS),)
	@$(RUN_TESTS) $(foreach t,$(TESTS),$(if $(filter %_test.c,$(t)),$(call built,$(t)),$(t)))
else
	@$(RUN_TESTS) $(call built,$(C_TESTS)) $(REPLAYS) $(SCRIPTS) --serial $(call built,$(TTY_TESTS)) $(TTY_SCRIPTS)
endif

unit: $(call built,$(UNIT_TESTS)) ## run the unit tests only
	@$(RUN_TESTS) $^

bless: $(TEST_PROGRAMS) ## show how transcripts changed, and ask before rewriting them (TESTS=)
	@$(TEST_ENV) sh tests/bless $(or $(TESTS),$(filter %.test,$(SCRIPTS)))

ASAN_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
asan: ## run every test under the address and undefined-behaviour sanitisers
	@ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:allocator_may_return_null=1 \
		UBSAN_OPTIONS=print_stacktrace=1 \
		$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS='$(ASAN_FLAGS)' HARDEN= check

test-all: ## run every test with each compiler, flag and sanitiser, and compare their answers
	@sh .ci/deps --all
	@MAKE='$(MAKE)' BUILD='$(BUILD)' ASAN_FLAGS='$(ASAN_FLAGS)' sh tests/all

tidy: $(OBJECTS) ## check the house rules: floors, knots, cages, lengths, words
	@$(RUN_TESTS) $(sort $(wildcard tests/tidy/*.sh))

lint: tidy ## tidy, and what the compilers' analysers find (to be judged: they also see ghosts)
	@for f in $(SOURCES) $(MAIN); do \
		gcc -fanalyzer -O1 -S -o /dev/null $(filter-out -Werror,$(ALL_CFLAGS)) $$f 2>&1 | grep 'warning:'; done; true
	@if command -v cppcheck >/dev/null; then cppcheck --quiet --std=c11 -Iinclude -Isrc \
		--enable=warning,portability --inline-suppr src; else echo '  skipped cppcheck (not installed)'; fi

conformance: $(call built,$(CONFORM)) $(TEST_PROGRAMS) ## compare with recorded cases (CASES=../shared/data)
	@if [ ! -d '$(CASES)' ]; then echo 'conformance: skipped, there is no $(CASES)'; else \
		CASES='$(CASES)' $(RUN_TESTS) --argument '$(CASES)' $(call built,$(CONFORM)); status=$$?; \
		grep -hE '[0-9]+ of [0-9]+' $(BUILD)/log/*conformance*; exit $$status; fi

bench: $(call built,$(BENCHES)) $(TEST_PROGRAMS) ## run the benchmarks
	@set -e; for b in $(call built,$(BENCHES)); do $(TEST_ENV) CASES='$(CASES)' $$b; echo; done

# Only what the list names is needed, but a build has it all the same.
mutants: $(call built,$(C_TESTS)) $(TEST_PROGRAMS) ## plant defects one by one; each must be seen by a test (TESTS=words)
	@BUILD='$(BUILD)' COMPILE='$(subst ','\'',$(CC) $(ALL_CFLAGS) $(TEST_CFLAGS))' LINK='$(ALL_LDFLAGS)' \
		LIBS='$(LIBS) $(TEST_LIBS)' HELPERS='$(HELPERS)' sh tests/mutants/plant $(TESTS)

FUZZ_BUILD = $(BUILD)/fuzzing
fuzz: ## fuzz each tests/fuzz/NAME_fuzz.c for FUZZ_S seconds (clang)
	@$(MAKE) --no-print-directory BUILD=$(FUZZ_BUILD) CC=clang HARDEN= \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' fuzz-run
fuzz-run: $(call built,$(FUZZERS))
	@set -e; for f in $^; do mkdir -p $$f.corpus; echo "  FUZZ    $$f"; \
		$$f -verbosity=0 -max_total_time=$(FUZZ_S) -rss_limit_mb=2048 -artifact_prefix=$$f. $$f.corpus \
		$$(ls -d tests/fuzz/corpus/$$(basename $$f) 2>/dev/null); done

install: all ## install below PREFIX, staged in DESTDIR
	@sh .ci/install '$(PROGRAM)' '$(DESTDIR)$(PREFIX)'

uninstall: ## remove what install put there
	@sh .ci/install --remove '$(DESTDIR)$(PREFIX)'

dist: ## a source tarball of the last commit
	@mkdir -p $(BUILD)
	$(Q)git archive --format=tar.gz --prefix=nephoscope-$(VERSION)/ \
		-o $(BUILD)/nephoscope-$(VERSION).tar.gz HEAD
	$(SAY) DIST $(BUILD)/nephoscope-$(VERSION).tar.gz

SHOTS = $(sort $(wildcard tests/shots/*.shot))
shots: $(BUILD)/shots/shots $(PROGRAM) ## draw the pictures of the screen anew, assets/shots/*.svg
	@mkdir -p assets/shots
	$(Q)LC_ALL=C.UTF-8 $(BUILD)/shots/shots '$(abspath $(PROGRAM))' assets/shots $(SHOTS)

clean: ## remove everything that was built
	rm -rf $(BUILD)

help: ## this list
	@echo 'make [KNOB=value ...] [target]'; echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo; echo 'Knobs: CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR BUILD HARDEN= INLINE= WERROR= V=1 TESTS= JOBS= CASES= FUZZ_S='

# ---- how things are made ---------------------------------------------------------------------------

$(PROGRAM): $(BUILD)/obj/main.o $(OBJECTS)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(INLINE_OK) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(filter $*,$(INLINED)),$(INLINE_OK)) -MMD -MP -c -o $@ $<

$(BUILD)/obj/assets.o: $(BUILD)/assets.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -O0 -U_FORTIFY_SOURCE -MMD -MP -c -o $@ $<

$(BUILD)/assets.c: $(ASSETS) assets/embed $(BUILD)/assets.list
	$(SAY) EMBED $@
	$(Q)sh assets/embed $(ASSETS) >$@.new && mv $@.new $@

# A file that was removed must go from the table too: the list is a prerequisite that changes only when it differs.
$(BUILD)/assets.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(ASSETS) >$@.new; if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/lib $(TEST_CFLAGS) -MMD -MP -c -o $@ $<

# The rooms as an archive: a test takes from it what it needs, and nothing of what it does not.
$(BUILD)/rooms.a: $(OBJECTS)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

TEST_LINK = $(CC) $(ALL_CFLAGS) $(if $(filter $(BUILD)/bench/%,$@),$(INLINE_OK),$(INLINE_NOT)) \
            $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/rooms.a $(LIBS) $(TEST_LIBS)
# One rule for each suite: a pattern such as build/%: would catch everything below build/.
define test_rule
$(BUILD)/$(1)/%: $(BUILD)/tests/$(1)/%.o $(HELPERS) $(BUILD)/rooms.a
	@mkdir -p $$(@D)
	$$(SAY) TEST $$(<:$(BUILD)/%.o=%)
	$$(Q)$$(TEST_LINK)
endef
$(foreach s,$(SUITES) $(TTY_SUITES) conformance bench,$(eval $(call test_rule,$(s))))

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/rooms.a
	@mkdir -p $(@D)
	$(SAY) TEST $@
	$(Q)$(CC) $(ALL_CFLAGS) $(INLINE_NOT) -fsanitize=fuzzer $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/rooms.a $(LIBS)

$(BUILD)/replay/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/rooms.a
	@mkdir -p $(@D)
	$(SAY) TEST $@
	$(Q)$(TEST_LINK)

$(BUILD)/shots/shots: $(BUILD)/tests/shots/shots.o $(BUILD)/tests/shots/svg.o $(HELPERS) $(BUILD)/rooms.a
	@mkdir -p $(@D)
	$(SAY) TEST $@
	$(Q)$(TEST_LINK)

$(BUILD)/transcript: $(BUILD)/tests/transcript.o
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $<

# The flags, remembered: when they change, everything is built anew.  Before the first build, and
# whenever they change, look whether everything that the build needs is there.
ALL_FLAGS = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS) $(INLINE_OK) $(if $(INLINE_OK),$(INLINED))
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(ALL_FLAGS))' >$@.new; \
		if cmp -s $@.new $@; then rm $@.new; \
		elif CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' sh .ci/deps --check; then mv $@.new $@; \
		else rm $@.new; exit 1; fi

.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all run test check unit bless asan test-all tidy lint conformance bench mutants fuzz fuzz-run install \
        uninstall dist shots clean help FORCE
FORCE:

-include $(OBJECTS:.o=.d) $(BUILD)/obj/main.d $(wildcard $(BUILD)/tests/*.d $(BUILD)/tests/*/*.d)
