# dw: everything is built under build/, one folder a flavour.
#
#   make            all tools            make demo      the whole pipeline on made-up data
#   make test       unit, bats, corpus   make ASAN=1 test, make TSAN=1 test
#   make lint       layers, format, shell, man      make fuzz   make bench
#   make install PREFIX=/usr/local DESTDIR=         make uninstall   make clean

PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
VERSION := $(shell cat VERSION)
LAPACK_LIBS ?= -llapack -lblas
FLAVOUR := $(if $(ASAN),asan,$(if $(TSAN),tsan,plain))
B := build/$(FLAVOUR)$(if $(filter clang%,$(CC)),-clang)

SANITIZE := $(if $(ASAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)$(if $(TSAN),-fsanitize=thread)
, := ,
WARN := -Wall -Wextra -Wshadow -Wvla -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -Ilib -ffp-contract=off $(WARN) \
	$(if $(WERROR),-Werror) $(if $(ASAN),-fsanitize=address$(,)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(if $(TSAN),-fsanitize=thread) -pthread $(DEPS_CFLAGS) $(CFLAGS)
DEPS_CFLAGS = $(shell $(PKG_CONFIG) --cflags htslib libzstd libxxhash 2>/dev/null)
DEPS_LIBS = $(shell $(PKG_CONFIG) --libs htslib libzstd 2>/dev/null)
ALL_LIBS = $(DEPS_LIBS) $(LAPACK_LIBS) $(LIBS) -lm

LIB_SRC := $(sort $(wildcard lib/*/*.c))
TOOL_SRC := $(sort $(wildcard tools/dw-*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
TOOLS := $(TOOL_SRC:tools/%.c=$(B)/bin/%)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all unit

all: $(TOOLS)
unit: $(UNITS)

$(B)/libdw.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/%: $(B)/tools/%.o $(B)/libdw.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libdw.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(B)/lib/cli/opts.o: CPPFLAGS += -DDW_VERSION='"$(VERSION)"'
$(B)/lib/cli/opts.o: VERSION

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

-include $(LIB_OBJ:.o=.d) $(TOOL_SRC:%.c=$(B)/%.d) $(UNIT_SRC:%.c=$(B)/%.d)
