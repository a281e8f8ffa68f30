#include "sim/coalescent.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum { REFRESH = 1024 }; /* events between exact sums of the length */

struct dw_coalescent {
    size_t n;
    dw_demography demography;
    dw_rng rng;
    uint32_t root;
    uint32_t *parent;     /* (2n-1), undefined for the root */
    uint32_t (*child)[2]; /* (2n-1), undefined for haplotypes */
    double *time;         /* (2n-1), generations; 0 for haplotypes */
    uint32_t *stack;      /* (n) */
    /* The inner nodes in order of age: (n-1) each. */
    uint32_t *order;
    double *t, *u; /* generations, and by the coalescent's clock */
    double length;
    unsigned events;
};

/* Each inner node's two branches end at it and its own begins: the lengths add
 * up to the ages of all inner nodes, the root's twice. */
static double sum_lengths(const dw_coalescent *c)
{
    double sum = c->t[c->n - 2];

    for (size_t i = 0; i + 1 < c->n; i++)
        sum += c->t[i];
    return sum;
}

static void first_tree(dw_coalescent *c)
{
    uint32_t *line = c->stack; /* lineages not yet joined */
    double u = 0;

    for (size_t i = 0; i < c->n; i++)
        line[i] = (uint32_t)i;
    for (size_t k = c->n, i = 0; k > 1; k--, i++) {
        uint32_t node = (uint32_t)(c->n + i);

        u += dw_rng_exponential(&c->rng) / (0.5 * (double)k * (double)(k - 1));
        c->u[i] = u;
        c->t[i] = c->time[node] = dw_demography_time(&c->demography, u);
        c->order[i] = node;
        for (int side = 0; side < 2; side++) {
            size_t left = k - (size_t)side;
            size_t j = dw_rng_below(&c->rng, left);

            c->child[node][side] = line[j];
            c->parent[line[j]] = node;
            line[j] = line[left - 1];
        }
        line[k - 2] = node;
    }
    c->root = c->order[c->n - 2];
    c->length = sum_lengths(c);
}

dw_coalescent *dw_coalescent_new(size_t n, const dw_demography *demography,
                                 dw_rng rng)
{
    dw_coalescent *c = dw_alloc(1, sizeof *c);

    assert(n >= 2 && n < (size_t)1 << 30);
    c->n = n;
    c->demography = *demography;
    c->rng = rng;
    c->parent = dw_try_alloc(2 * n - 1, sizeof *c->parent);
    c->child = dw_try_alloc(2 * n - 1, sizeof *c->child);
    c->time = dw_try_alloc(2 * n - 1, sizeof *c->time);
    c->stack = dw_try_alloc(n, sizeof *c->stack);
    c->order = dw_try_alloc(n - 1, sizeof *c->order);
    c->t = dw_try_alloc(n - 1, sizeof *c->t);
    c->u = dw_try_alloc(n - 1, sizeof *c->u);
    if (!c->parent || !c->child || !c->time || !c->stack || !c->order ||
        !c->t || !c->u) {
        dw_coalescent_free(c);
        return NULL;
    }
    first_tree(c);
    return c;
}

void dw_coalescent_free(dw_coalescent *c)
{
    if (!c)
        return;
    dw_free(c->parent);
    dw_free(c->child);
    dw_free(c->time);
    dw_free(c->stack);
    dw_free(c->order);
    dw_free(c->t);
    dw_free(c->u);
    dw_free(c);
}

dw_rng *dw_coalescent_rng(dw_coalescent *c)
{
    return &c->rng;
}

double dw_coalescent_length(const dw_coalescent *c)
{
    return c->length;
}

double dw_coalescent_root(const dw_coalescent *c)
{
    return c->t[c->n - 2];
}

/* How many inner nodes are no older than t: n less that many lineages live
 * then. */
static size_t count_younger(const dw_coalescent *c, double t)
{
    size_t lo = 0, hi = c->n - 1;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;

        if (c->t[mid] <= t)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* A lineage of the k that live at t < root, all equally likely: the node below.
 * Many: nodes are tried until one's branch spans t (2n/k tries).  Few: they
 * are all reached from the root (2k steps). */
static uint32_t random_lineage(dw_coalescent *c, double t, size_t k)
{
    if (k * k > 4 * c->n) {
        for (;;) {
            uint32_t v = (uint32_t)dw_rng_below(&c->rng, 2 * c->n - 1);

            if (v != c->root && c->time[v] <= t && t < c->time[c->parent[v]])
                return v;
        }
    }
    size_t want = dw_rng_below(&c->rng, k), top = 0;

    c->stack[top++] = c->root;
    for (;;) {
        assert(top > 0);
        uint32_t v = c->stack[--top];

        for (int side = 0; side < 2; side++) {
            uint32_t w = c->child[v][side];

            if (c->time[w] > t)
                c->stack[top++] = w;
            else if (want-- == 0)
                return w;
        }
    }
}

/*
 * Between inner nodes j - 1 and j live n - j lineages.  From a point `at`
 * between i - 1 and i up to node j they make, together,
 *
 *     sum_{l=i}^{j} (n - l) (x_l - x_{l-1}) = A_j - (n - i) at,
 *     A_j = (n - j) x_j + sum_{l=i}^{j-1} x_l.
 *
 * The first j >= i with A_j > goal, and *a <- A_j; or n - 1 (*a that of the
 * root) if the goal is above the root.  The sum is taken in pieces, four
 * numbers abreast: this is where the time goes.
 */
static size_t climb(const double *x, size_t n, size_t i, double goal, double *a)
{
    enum { PIECE = 32 };
    double below = 0;

    for (; i + PIECE < n; i += PIECE) {
        double s[4] = {0}, sum, end, last = x[i + PIECE - 1];

        for (size_t j = i; j < i + PIECE; j += 4)
            for (size_t l = 0; l < 4; l++)
                s[l] += x[j + l];
        sum = below + (s[0] + s[1] + s[2] + s[3]);
        end = (double)(n - (i + PIECE - 1)) * last + (sum - last);
        if (end > goal)
            break;
        *a = end;
        below = sum;
    }
    for (; i + 1 < n; i++) {
        *a = (double)(n - i) * x[i] + below;
        if (*a > goal)
            return i;
        below += x[i];
    }
    return i;
}

void dw_coalescent_point(dw_coalescent *c, uint32_t *node, double *age)
{
    for (;;) {
        double goal = dw_rng_uniform(&c->rng) * c->length, a = 0;
        size_t i = climb(c->t, c->n, 0, goal, &a);

        if (i + 1 == c->n)
            continue; /* the length was rounded up: draw again */
        *age = c->t[i] - (a - goal) / (double)(c->n - i);
        if (*age >= c->t[i] || *age < (i ? c->t[i - 1] : 0))
            continue; /* rounded onto a node, or past it */
        *node = random_lineage(c, *age, c->n - i);
        return;
    }
}

/* Where the floating lineage, cut at clock u with i inner nodes younger, meets
 * the old tree: the clock then. */
static double float_up(dw_coalescent *c, double u, size_t i)
{
    double goal = dw_rng_exponential(&c->rng) + (double)(c->n - i) * u, a = 0;
    size_t j;

    j = climb(c->u, c->n, i, goal, &a);
    if (j + 1 == c->n) /* above the root there is one lineage */
        return c->u[c->n - 2] + (goal - a);
    return c->u[j] - (a - goal) / (double)(c->n - j);
}

static void replace_child(dw_coalescent *c, uint32_t parent, uint32_t old,
                          uint32_t new)
{
    c->child[parent][c->child[parent][1] == old] = new;
    c->parent[new] = parent;
}

/* Takes the place `from` out of the order of ages and puts the node in at `to`
 * (counted before it is taken out). */
static void reorder(dw_coalescent *c, size_t from, size_t to, uint32_t node,
                    double t, double u)
{
    size_t dst = from, src = from + 1, count;

    if (to > from) {
        count = --to - from;
    } else {
        count = from - to;
        dst = to + 1;
        src = to;
    }
    memmove(c->order + dst, c->order + src, count * sizeof *c->order);
    memmove(c->t + dst, c->t + src, count * sizeof *c->t);
    memmove(c->u + dst, c->u + src, count * sizeof *c->u);
    c->order[to] = node;
    c->t[to] = t;
    c->u[to] = u;
}

/* Moves the branch above v so that it joins the branch above `target` at t. */
static void regraft(dw_coalescent *c, uint32_t v, uint32_t target, double t)
{
    uint32_t p = c->parent[v], sib = c->child[p][c->child[p][0] == v];

    if (target == p)
        target = sib; /* p goes, and sib's branch reaches up past it */
    if (p == c->root)
        c->root = sib;
    else
        replace_child(c, c->parent[p], p, sib);
    if (target == c->root)
        c->root = p;
    else
        replace_child(c, c->parent[target], target, p);
    c->child[p][0] = v;
    c->child[p][1] = target;
    c->parent[target] = p;
    c->time[p] = t;
}

void dw_coalescent_recombine(dw_coalescent *c)
{
    uint32_t v, target, p;
    double age, root = dw_coalescent_root(c);

    dw_coalescent_point(c, &v, &age);

    size_t to = count_younger(c, age);
    double u = float_up(c, dw_demography_clock(&c->demography, age), to);
    double t = dw_demography_time(&c->demography, u);

    if (t < age) /* the clock and its inverse round */
        t = age;
    to = count_younger(c, t);
    target = to + 1 < c->n ? random_lineage(c, t, c->n - to) : c->root;
    if (target == v)
        return; /* back onto its own branch: nothing has changed */

    p = c->parent[v];

    size_t from = count_younger(c, c->time[p]) - 1;

    while (c->order[from] != p) /* nodes of one age */
        from--;
    double old = c->t[from];

    regraft(c, v, target, t);
    reorder(c, from, to, p, t, u);
    c->length += t - old + dw_coalescent_root(c) - root;
    if (++c->events % REFRESH == 0)
        c->length = sum_lengths(c);
}

size_t dw_coalescent_leaves(dw_coalescent *c, uint32_t node, uint64_t *bits)
{
    size_t top = 0, count = 0;

    c->stack[top++] = node;
    while (top > 0) {
        uint32_t v = c->stack[--top];

        if (v < c->n) {
            bits[v / 64] |= (uint64_t)1 << (v % 64);
            count++;
        } else {
            c->stack[top++] = c->child[v][0];
            c->stack[top++] = c->child[v][1];
        }
    }
    return count;
}
