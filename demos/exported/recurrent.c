/*
 * A loss, its gradient, and training by gradient descent (25 inputs, 32 parameters).
 *
 *     cc -std=c99 -O2 -o program FILE.c -lm
 *     ./program data.csv [epochs [rate [parameters.json]]]
 *
 * Each line of data.csv is an example, 25 numbers with commas between them: rows[0][0] to rows[11][1],
 * target.
 * It prints the mean loss of each epoch, and at the end the parameters as JSON, to the file if one is named.
 * Without numbers: 100 epochs at the rate 0.1.
 *
 * in->x is an input x, p.w a parameter w, c.a a constant a; v1, v2, ... are results, u1, u2, ... those which
 * no input changes; g->w is the gradient of w, g_v1 that of v1.
 */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 25, PARAMETERS = 32, ARRAYS = 4, BATCH = 32 };

struct inputs {
    double rows[12][2];
    double target;
};

struct parameters {
    double inner[4][4];
    double outer[4][2];
    double bias[4];
    double readout[4];
};

static struct parameters p = {
    .inner = {
        {0.471, -0.698, -0.34, 0.185},
        {-0.508, -0.036, 0.09, -0.416},
        {-0.655, 0.097, 0.497, -0.323},
        {-0.167, 0.823, -0.279, -0.257},
    },
    .outer = {{1.202, -0.766}, {0.398, -1.002}, {-0.298, 0.752}, {0.611, -0.451}},
    .bias = {0.0, 0.0, 0.0, 0.0},
    .readout = {-0.454, 0.08, -1.258, 0.552},
};

static double slope_of_tanh(double x)
{
    double sech = 1.0 / cosh(x);
    return sech * sech;
}

/*
 * Compute the loss, and the gradient unless g is NULL. Return 0, or a status that problem_of explains.
 */
int loss_and_gradient(const struct inputs *in, double *result, struct parameters *g)
{
    /* forward */
    double u1[4], v2[4], v3[11][4], v4[12][4], v5[4], v6, v7, loss;
    for (int i = 0; i < 4; i++) {
        double sum = 0.0;
        for (int j = 0; j < 4; j++)
            sum += p.inner[i][j] * 0.0;
        u1[i] = sum;
    }
    for (int i = 0; i < 4; i++)
        v2[i] = p.outer[i][0] * in->rows[0][0] + p.outer[i][1] * in->rows[0][1] + u1[i] + p.bias[i];
    for (int i = 0; i < 4; i++)
        v4[0][i] = v2[i];
    for (int k = 0; k < 11; k++) {
        for (int i = 0; i < 4; i++)
            v3[k][i] = tanh(v4[k][i]);
        for (int i = 0; i < 4; i++) {
            double sum = p.bias[i];
            for (int j = 0; j < 4; j++)
                sum += p.inner[i][j] * v3[k][j];
            for (int j = 0; j < 2; j++)
                sum += p.outer[i][j] * in->rows[k + 1][j];
            v4[k + 1][i] = sum;
        }
    }
    for (int i = 0; i < 4; i++)
        v5[i] = tanh(v4[11][i]);
    v6 = 0.0;
    for (int i = 0; i < 4; i++)
        v6 += p.readout[i] * v5[i];
    v7 = v6 - in->target;
    loss = v7 * v7;
    *result = loss;
    if (g == NULL)
        return 0;

    /* backward: g_v1 is the gradient of v1, and so on */
    double g_u1[4] = {0.0}, g_v2[4] = {0.0}, g_v3[11][4] = {{0.0}}, g_v4[12][4] = {{0.0}}, g_v5[4] = {0.0};
    double g_v6 = 0.0, g_v7 = 0.0, g_loss = 1.0;
    memset(g, 0, sizeof *g);
    g_v7 += 2.0 * v7 * g_loss;
    g_v6 += g_v7;
    for (int i = 0; i < 4; i++) {
        g->readout[i] += v5[i] * g_v6;
        g_v5[i] += p.readout[i] * g_v6;
    }
    for (int i = 0; i < 4; i++)
        g_v4[11][i] += slope_of_tanh(v4[11][i]) * g_v5[i];
    for (int k = 10; k >= 0; k--) {
        for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
                g->inner[i][j] += v3[k][j] * g_v4[k + 1][i];
                g_v3[k][j] += p.inner[i][j] * g_v4[k + 1][i];
            }
            for (int j = 0; j < 2; j++)
                g->outer[i][j] += in->rows[k + 1][j] * g_v4[k + 1][i];
            g->bias[i] += g_v4[k + 1][i];
        }
        for (int i = 0; i < 4; i++)
            g_v4[k][i] += slope_of_tanh(v4[k][i]) * g_v3[k][i];
    }
    for (int i = 0; i < 4; i++)
        g_v2[i] += g_v4[0][i];
    for (int i = 0; i < 4; i++) {
        g->outer[i][0] += in->rows[0][0] * g_v2[i];
        g->outer[i][1] += in->rows[0][1] * g_v2[i];
        g_u1[i] += g_v2[i];
        g->bias[i] += g_v2[i];
    }
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++)
            g->inner[i][j] += 0.0 * g_u1[i];
    }
    return 0;
}

/* Return what a status means. */
const char *problem_of(int status)
{
    return status == 0 ? "no problem" : "an unknown status";
}

/* Print a message, and end the program with exit code 1. */
static void fail(const char *file, long line, const char *problem)
{
    fflush(stdout);
    if (line > 0)
        fprintf(stderr, "%s, line %ld: %s\n", file, line, problem);
    else
        fprintf(stderr, "%s: %s\n", file, problem);
    exit(EXIT_FAILURE);
}

/* The examples of a CSV file: their numbers, row after row, and the line of each. */
struct examples {
    double *numbers;
    long *lines;
    long count;
};

/* Return memory for more elements. */
static void *grown(void *memory, size_t count, size_t size)
{
    memory = count > (size_t)-1 / size ? NULL : realloc(memory, count * size);
    if (memory == NULL)
        fail("memory", 0, "there is not enough of it");
    return memory;
}

/* Read a line of any length without its end; return 0 at the end of the file. */
static int read_line(FILE *file, char **line, size_t *size)
{
    size_t length = 0;
    int character;
    while ((character = getc(file)) != EOF && character != '\n') {
        if (length + 2 > *size) {
            *size = 2 * *size + 100;
            *line = grown(*line, *size, 1);
        }
        (*line)[length++] = character == '\0' ? '?' : (char)character;
    }
    if (character == EOF && length == 0)
        return 0;
    if (*size == 0)
        *line = grown(*line, *size = 100, 1);
    (*line)[length] = '\0';
    return 1;
}

/* Read the number of a field, and move behind it; return 0 if the field is not a decimal number. */
static int read_number(char **text, double *number)
{
    char *end, *start = *text + strspn(*text, " \t");
    size_t length = strspn(start, "+-.0123456789eE");
    *number = strtod(start, &end);
    if (length == 0 || end != start + length)
        return 0;
    end += strspn(end, " \t\r");
    *text = end;
    return *end == ',' || *end == '\0';
}

/* Return the number of fields of a line, and whether one of them is a number. */
static int count_fields(char *line, int *has_number)
{
    int count = 1;
    double number;
    *has_number = 0;
    for (;; line++, count++) {
        char *field = line;
        *has_number |= read_number(&field, &number);
        line += strcspn(line, ",");
        if (*line == '\0')
            return count;
    }
}

/* Read the numbers of one line. */
static void read_row(const char *path, long at, char *line, double *row)
{
    char problem[100];
    int has_number, count = count_fields(line, &has_number);
    if (count != COLUMNS) {
        sprintf(problem, "%d columns, not %d", count, COLUMNS);
        fail(path, at, problem);
    }
    for (int column = 0; column < COLUMNS; column++, line++) {
        if (!read_number(&line, &row[column])) {
            sprintf(problem, "column %d is not a decimal number", column + 1);
            fail(path, at, problem);
        }
        if (!isfinite(row[column])) {
            sprintf(problem, "the number in column %d is too large", column + 1);
            fail(path, at, problem);
        }
    }
}

/*
 * Read a CSV file: COLUMNS decimal numbers a line, between commas, with a decimal point whatever the locale. Empty
 * lines are skipped, and a first line without any number, the header. The texts nan and inf are refused.
 */
static struct examples read_examples(const char *path)
{
    struct examples read = {NULL, NULL, 0};
    FILE *file = fopen(path, "r");
    char *buffer = NULL;
    size_t size = 0, room = 0;
    int is_first = 1;
    if (file == NULL)
        fail(path, 0, strerror(errno));
    for (long at = 1; read_line(file, &buffer, &size); at++) {
        char *line = buffer;
        int has_number, may_be_header = is_first;
        if (at == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
            line += 3;
        if (line[strspn(line, " \t\r")] == '\0')
            continue;
        is_first = 0;
        count_fields(line, &has_number);
        if (may_be_header && !has_number)
            continue;
        if ((size_t)read.count == room) {
            room = 2 * room + 64;
            read.numbers = grown(read.numbers, room, COLUMNS * sizeof *read.numbers);
            read.lines = grown(read.lines, room, sizeof *read.lines);
        }
        read_row(path, at, line, read.numbers + (size_t)read.count * COLUMNS);
        read.lines[read.count++] = at;
    }
    if (ferror(file))
        fail(path, 0, "it cannot be read");
    if (read.count == 0)
        fail(path, 0, "there is no example in it; a first line without a number between commas is a header");
    fclose(file);
    free(buffer);
    return read;
}

/* The names and the shapes of the parameters, for JSON. */
static const struct { const char *name; int rank, shape[2]; } layout[ARRAYS] = {
    {"\"inner\"", 2, {4, 4}},
    {"\"outer\"", 2, {4, 2}},
    {"\"bias\"", 1, {4}},
    {"\"readout\"", 1, {4}},
};

/* Write numbers as nested lists. */
static void write_numbers(FILE *file, const double **numbers, const int *shape, int rank)
{
    if (rank == 0) {
        double number = *(*numbers)++;
        if (isfinite(number))
            fprintf(file, "%.17g", number);
        else
            fputs(isnan(number) ? "NaN" : number > 0.0 ? "Infinity" : "-Infinity", file);
        return;
    }
    putc('[', file);
    for (int i = 0; i < shape[0]; i++) {
        if (i > 0)
            fputs(rank > 1 ? ",\n  " : ", ", file);
        write_numbers(file, numbers, shape + 1, rank - 1);
    }
    putc(']', file);
}

/* Write the parameters by name, as JSON. */
static void write_parameters(FILE *file)
{
    const double *numbers = (const double *)&p;
    for (int k = 0; k < ARRAYS; k++) {
        fprintf(file, "%s%s: ", k > 0 ? ",\n " : "{", layout[k].name);
        write_numbers(file, &numbers, layout[k].shape, layout[k].rank);
    }
    fputs("}\n", file);
}

/*
 * Train for one epoch: for each BATCH of examples in their order, p -= rate * the gradient of their mean loss.
 * Return the mean of the losses. If an example fails, return its status, and its number in `failed`.
 */
int train(const double *examples, long count, double rate, double *mean_loss, long *failed)
{
    double *weights = (double *)&p, sum = 0.0;
    static struct parameters total, gradient;
    double *totals = (double *)&total;
    const double *gradients = (const double *)&gradient;
    for (long first = 0; first < count; first += BATCH) {
        long size = count - first < BATCH ? count - first : BATCH;
        memset(&total, 0, sizeof total);
        for (long i = first; i < first + size; i++) {
            double loss;
            int status = loss_and_gradient((const struct inputs *)(examples + i * COLUMNS), &loss, &gradient);
            if (status != 0) {
                *failed = i;
                return status;
            }
            sum += loss;
            for (int k = 0; k < PARAMETERS; k++)
                totals[k] += gradients[k];
        }
        for (int k = 0; k < PARAMETERS; k++)
            weights[k] -= rate * (totals[k] / (double)size);
    }
    *mean_loss = sum / (double)count;
    return 0;
}

/* Return a number of epochs, or -1 if the text is none. */
static long read_count(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    return end == text || *end != '\0' ? -1 : number;
}

/* Return a learning rate, or -1 if the text is none. */
static double read_rate(const char *text)
{
    char *end;
    double number = strtod(text, &end);
    return end == text || *end != '\0' || !isfinite(number) ? -1.0 : number;
}

int main(int count, char **words)
{
    long epochs = 2 < count ? read_count(words[2]) : 100, failed = 0;
    double rate = 3 < count ? read_rate(words[3]) : 0.1, mean_loss;
    if (count < 2 || count > 5 || epochs < 0 || !(rate > 0.0)) {
        fputs("usage: ./program data.csv [epochs [rate [parameters.json]]]" "\n", stderr);
        return EXIT_FAILURE;
    }
    struct examples read = read_examples(words[1]);
    for (long epoch = 1; epoch <= epochs; epoch++) {
        int status = train(read.numbers, read.count, rate, &mean_loss, &failed);
        if (status != 0)
            fail(words[1], read.lines[failed], problem_of(status));
        printf("epoch %ld: mean loss %.15g\n", epoch, mean_loss);
        if (!isfinite(mean_loss))
            fail(words[0], 0, "the loss is not finite; try a smaller rate");
    }
    FILE *file = count > 4 ? fopen(words[4], "w") : stdout;
    write_parameters(file == NULL ? stdout : file);
    if (file == NULL || fclose(file) != 0)
        fail(count > 4 ? words[4] : "the terminal", 0, strerror(errno));
    return EXIT_SUCCESS;
}
