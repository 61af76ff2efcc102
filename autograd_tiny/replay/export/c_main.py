r"""Write the parts of an exported C file around the function: the reader of a CSV file, training, and `main`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import prod
from typing import Final

from autograd_tiny.replay.export.arrays import Standalone
from autograd_tiny.replay.export.c_passes import Passes
from autograd_tiny.replay.export.c_texts import LONGEST, literal

FAIL: Final = r"""/* Print a message, and end the program with exit code 1. */
static void fail(const char *file, long line, const char *problem)
{
    fflush(stdout);
    if (line > 0)
        fprintf(stderr, "%s, line %ld: %s\n", file, line, problem);
    else
        fprintf(stderr, "%s: %s\n", file, problem);
    exit(EXIT_FAILURE);
}
"""

READER: Final = r"""/* The examples of a CSV file: their numbers, row after row, and the line of each. */
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
"""

WRITER: Final = r"""/* Write numbers as nested lists. */
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
"""

TRAIN: Final = r"""/*
 * Train for one epoch: for each BATCH of examples in their order, p -= rate * the gradient of their mean loss.
 * Return the mean of the losses. If an example fails, return its status, and its number in `failed`.
 */
int train(const double *examples, long count, double rate, double *mean_loss, long *failed)
{
    double *weights = (double *)&p, sum = 0.0;
    static struct parameters total, gradient;
    double *totals = (double *)&total;
    const double *gradients = (const double *)&gradient;
    @UNUSED@
    for (long first = 0; first < count; first += BATCH) {
        long size = count - first < BATCH ? count - first : BATCH;
        memset(&total, 0, sizeof total);
        for (long i = first; i < first + size; i++) {
            double loss;
            int status = loss_and_gradient(@EXAMPLE@&loss, &gradient);
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
"""

MAIN_TRAINING: Final = r"""int main(int count, char **words)
{
    long epochs = @FIRST@ < count ? read_count(words[@FIRST@]) : 100, failed = 0;
    double rate = @SECOND@ < count ? read_rate(words[@SECOND@]) : 0.1, mean_loss;
    if (count < @FIRST@ || count > @MOST@ || epochs < 0 || !(rate > 0.0)) {
        fputs(@USAGE@ "\n", stderr);
        return EXIT_FAILURE;
    }
    @READ@
    for (long epoch = 1; epoch <= epochs; epoch++) {
        int status = train(@NUMBERS@, @COUNT@, rate, &mean_loss, &failed);
        if (status != 0)
            fail(@FAILED@, problem_of(status));
        printf("epoch %ld: mean loss %.15g\n", epoch, mean_loss);
        if (!isfinite(mean_loss))
            fail(words[0], 0, "the loss is not finite; try a smaller rate");
    }
    FILE *file = count > @THIRD@ ? fopen(words[@THIRD@], "w") : stdout;
    write_parameters(file == NULL ? stdout : file);
    if (file == NULL || fclose(file) != 0)
        fail(count > @THIRD@ ? words[@THIRD@] : "the terminal", 0, strerror(errno));
    return EXIT_SUCCESS;
}
"""

WORDS: Final = r"""/* Return a number of epochs, or -1 if the text is none. */
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
"""

MAIN_EVALUATION: Final = r"""int main(int count, char **words)
{
    @DECLARED@
    if (count != @FIRST@) {
        fputs(@USAGE@ "\n", stderr);
        return EXIT_FAILURE;
    }
    @READ@
    for (long failed = 0; failed < @COUNT@; failed++) {
        int status = @CALL@;
        if (status != 0)
            fail(@FAILED@, problem_of(status));
        for (int k = 0; k < @SIZE@; k++)
            printf("%s%.17g", k > 0 ? "," : "", numbers[k]);
        putchar('\n');
    }
    return EXIT_SUCCESS;
}
"""


def usage(standalone: Standalone) -> str:
    """Return how the program is called."""
    file = " data.csv" if standalone.inputs else ""
    return f"./program{file}" + " [epochs [rate [parameters.json]]]" * _trains(standalone)


def main_lines(standalone: Standalone, passes: Passes) -> Iterator[str]:
    """Yield the functions, each as a text."""
    yield _filled(FAIL, {})
    if standalone.inputs:
        yield _filled(READER, {})
    if _trains(standalone):
        yield _layout(standalone)
        yield from (_filled(text, _parts(standalone)) for text in (WRITER, TRAIN, WORDS, MAIN_TRAINING))
    else:
        yield _filled(MAIN_EVALUATION, _parts(standalone) | _evaluation(standalone, passes))


def _trains(standalone: Standalone) -> bool:
    return standalone.outputs is None and not standalone.of_inputs


def _layout(standalone: Standalone) -> str:
    """Return the names and the shapes of the parameters."""
    rank = max(1, *(len(array.shape) for array in standalone.parameters))
    lines = ["/* The names and the shapes of the parameters, for JSON. */"]
    lines.append(f"static const struct {{ const char *name; int rank, shape[{rank}]; }} layout[ARRAYS] = {{")
    titles = [array.title or array.name for array in standalone.parameters]
    for array, title in zip(standalone.parameters, titles, strict=True):
        sizes = ", ".join(map(str, array.shape or (1,)))
        name = title if len(title) <= LONGEST and titles.count(title) == 1 else array.name
        lines.append(f"    {{{literal(json.dumps(name))}, {len(array.shape)}, {{{sizes}}}}},")
    return "\n".join([*lines, "};"])


def _filled(text: str, parts: dict[str, str]) -> str:
    """Return a text with the parts of a program; a line whose part is empty is left out."""
    for name, part in parts.items():
        text = text.replace(f"    @{name}@\n", f"    {part}\n" if part else "").replace(f"@{name}@", part)
    return text.strip("\n")


def _parts(standalone: Standalone) -> dict[str, str]:
    has_inputs = bool(standalone.inputs)
    first = 1 + has_inputs
    return {
        "USAGE": literal(f"usage: {usage(standalone)}"),
        "UNUSED": "" if has_inputs else "(void)examples;",
        "EXAMPLE": "(const struct inputs *)(examples + i * COLUMNS), " if has_inputs else "",
        "READ": "struct examples read = read_examples(words[1]);" if has_inputs else "",
        "NUMBERS": "read.numbers" if has_inputs else "NULL",
        "COUNT": "read.count" if has_inputs else "1",
        "FAILED": "words[1], read.lines[failed]" if has_inputs else "words[0], 0",
        "FIRST": str(first),
        "SECOND": str(first + 1),
        "THIRD": str(first + 2),
        "MOST": str(first + 3),
    }


def _evaluation(standalone: Standalone, passes: Passes) -> dict[str, str]:
    """Return the parts of a `main` that prints numbers of each example."""
    arguments = ["(const struct inputs *)(read.numbers + failed * COLUMNS)"] * bool(standalone.inputs)
    if standalone.outputs is not None:
        count = prod(standalone.outputs.shape)
        declared, name, arguments = f"double numbers[{max(1, count)}];", "evaluate", [*arguments, "numbers"]
    elif passes.has_gradient:
        count = 1 + sum(array.size for array in standalone.inputs)
        declared = f"double numbers[{count}];"
        name, arguments = "loss_and_gradient", [*arguments, "numbers", "(struct inputs *)(numbers + 1)"]
    else:
        count, declared, name, arguments = 1, "double numbers[1];", "loss_and_gradient", [*arguments, "numbers"]
    return {"DECLARED": declared, "CALL": f"{name}({', '.join(arguments)})", "SIZE": str(count)}
