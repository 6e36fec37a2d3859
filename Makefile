# nephoscope - see `make help`.  Knobs first.
CC        ?= cc
PREFIX    ?= /usr/local
DESTDIR   ?=
BUILD     ?= build
V         ?=

PACKAGES   = ncursesw readline sqlite3 jansson md4c libutf8proc nettle
PKG_CONFIG ?= pkg-config

CFLAGS    ?= -O2 -g
WARNINGS   = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Wformat=2 -Wstrict-prototypes \
             -Wmissing-prototypes -Wwrite-strings -Wundef -Werror
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -Iinclude $(WARNINGS) $(shell $(PKG_CONFIG) --cflags $(PACKAGES)) $(CFLAGS)
LIBS       = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -lm

Q          = $(if $(V),,@)

SOURCES    = $(sort $(wildcard src/*/*.c))
OBJECTS    = $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNIT_TESTS = $(sort $(wildcard tests/unit/*_test.c))

all: $(BUILD)/nephoscope

$(BUILD)/nephoscope: $(BUILD)/obj/main.o $(OBJECTS)
	@echo "  LINK    $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/unit/%: tests/unit/%.c $(OBJECTS)
	@mkdir -p $(@D)
	@echo "  TEST    $<"
	$(Q)$(CC) $(ALL_CFLAGS) $(shell $(PKG_CONFIG) --cflags cmocka) -MMD -MP -o $@ $< $(OBJECTS) \
		$(LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

unit: $(UNIT_TESTS:tests/unit/%.c=$(BUILD)/unit/%)
	@set -e; for t in $^; do $$t; done

clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(BUILD)/obj/main.d

.PHONY: all unit clean
