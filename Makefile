# dw: everything is built under build/, one folder a flavour.
#
#   make                all tools                 make demo    the pipeline on made-up data
#   make test           unit, bats, fuzz corpora  make ASAN=1 test, make TSAN=1 test
#   make lint           layers, format, scripts, manual pages
#   make fuzz           every fuzz target for FUZZ_SECONDS      make bench   timings
#   make install PREFIX=/usr/local DESTDIR=       make uninstall             make clean

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
LAPACK_LIBS ?= -llapack -lblas
BIGWIG_LIBS ?= -lBigWig -lz
FUZZ_SECONDS ?= 20
# dw-fit over several machines: MPI=  builds without it.
MPI ?= $(if $(filter plain,$(FLAVOUR)),$(shell command -v mpicc))

comma := ,
FLAVOUR := $(if $(FUZZ),fuzz,$(if $(ASAN),asan,$(if $(TSAN),tsan,plain)))
SANITIZE_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SANITIZE_fuzz := $(SANITIZE_asan) -fsanitize=fuzzer-no-link
SANITIZE_tsan := -fsanitize=thread
SANITIZE := $(SANITIZE_$(FLAVOUR))
B := build/$(FLAVOUR)$(if $(filter clang%,$(CC)),-clang)
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Wwrite-strings -Wstrict-prototypes \
	-Wmissing-prototypes $(if $(WERROR),-Werror)
FOREIGN_CFLAGS := $(shell $(PKG_CONFIG) --cflags htslib libzstd libxxhash yaml-0.1 libzip 2>/dev/null)
FOREIGN_LIBS := $(shell $(PKG_CONFIG) --libs htslib libzstd yaml-0.1 libzip 2>/dev/null)
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -Ilib -pthread -ffp-contract=off $(WARNINGS) \
	$(SANITIZE) $(FOREIGN_CFLAGS) $(CFLAGS)
ALL_LIBS = $(FOREIGN_LIBS) $(BIGWIG_LIBS) $(LAPACK_LIBS) $(MPI_LIBS) $(LIBS) -lm
# Only what calls MPI is linked to it.
MPI_LIBS := $(if $(MPI),-Wl$(comma)--as-needed $(shell $(MPI) --showme:link))

LIB_OBJ := $(patsubst %.c,$(B)/%.o,$(sort $(wildcard lib/*/*.c)))
TOOLS := $(patsubst tools/%.c,$(B)/bin/%,$(sort $(wildcard tools/dw-*.c)))
UNITS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ_SRC := $(sort $(wildcard tests/fuzz/fuzz_*.c))
REPLAYS := $(patsubst tests/fuzz/%.c,$(B)/replay/%,$(FUZZ_SRC))
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(sort $(wildcard tests/bench/bench_*.c)))
MAN := $(sort $(wildcard man/*.[157]))

# What Debian and Ubuntu call that which we need.
PACKAGES := gcc make pkg-config libhts-dev libzstd-dev libxxhash-dev libopenblas-dev \
	libbigwig-dev libyaml-dev libzip-dev
DEMO_PACKAGES := $(PACKAGES)
TEST_PACKAGES := $(PACKAGES) bats zstd python3 python3-pybigwig plink1.9 plink2 bcftools bedtools \
	tabix snakemake mandoc time libblas3 liblapack3 libopenmpi-dev openmpi-bin procps

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all test demo lint fuzz bench install uninstall clean check-libraries test-programs \
	demo-packages test-packages fuzz-run

all: check-libraries $(TOOLS)

check-libraries:
	@CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' LAPACK_LIBS='$(LAPACK_LIBS)' \
		BIGWIG_LIBS='$(BIGWIG_LIBS)' \
		sh workflows/check-libraries.sh $(B)/.libraries

# The two commands of the README install what is missing; the build begins anew
# behind them, since what a makefile asked of pkg-config it asked too early.
demo: demo-packages
	@$(MAKE) --no-print-directory all
	@sh workflows/demo.sh $(B)/bin

test: test-packages
	@$(MAKE) --no-print-directory test-programs
	@sh tests/run.sh $(B)

demo-packages:
	@sh workflows/install-missing.sh $(DEMO_PACKAGES)
test-packages:
	@sh workflows/install-missing.sh $(TEST_PACKAGES)
test-programs: all $(UNITS) $(REPLAYS)

lint:
	@sh tests/lint.sh

fuzz:
	@$(MAKE) --no-print-directory FUZZ=1 CC=clang fuzz-run
fuzz-run: $(FUZZERS)
	@sh tests/fuzz/fuzz.sh $(FUZZ_SECONDS) $(FUZZERS)

bench: all $(BENCHES)
	@sh tests/bench/bench.sh $(B)

$(B)/libdw.a: $(LIB_OBJ)
	@rm -f $@ && $(AR) rcs $@ $^

LINK = @mkdir -p $(@D) && echo "link $@" && $(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(B)/bin/%: $(B)/tools/%.o $(B)/libdw.a
	$(LINK)
$(B)/unit/%: $(B)/tests/unit/%.o $(B)/libdw.a
	$(LINK)
$(B)/bench/%: $(B)/tests/bench/%.o $(B)/libdw.a
	$(LINK)
$(B)/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(B)/libdw.a
	$(LINK)
$(B)/fuzz/%: LDFLAGS += -fsanitize=fuzzer
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libdw.a
	$(LINK)

$(B)/lib/base/ranks.o: CPPFLAGS += $(if $(MPI),-DDW_MPI $(shell $(MPI) --showme:compile))
$(B)/lib/base/ranks.o: Makefile
$(B)/lib/cli/opts.o: CPPFLAGS += -DDW_VERSION='"$(VERSION)"'
$(B)/lib/cli/opts.o: Makefile
$(B)/%.o: %.c
	@mkdir -p $(@D) && echo "cc $<"
	@$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(B) -name '*.d' 2>/dev/null)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(foreach s,1 5 7,$(DESTDIR)$(PREFIX)/share/man/man$(s))
	install $(TOOLS) $(DESTDIR)$(PREFIX)/bin
	for page in $(MAN); do install -m 644 $$page \
		$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/; done

uninstall:
	rm -f $(TOOLS:$(B)/bin/%=$(DESTDIR)$(PREFIX)/bin/%)
	for page in $(MAN); do rm -f \
		$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page#man/}; done

clean:
	rm -rf build demo
