/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel file as xnl sees it: read whole, unpacked if it is packed, with a sentence for whatever goes wrong. */
#include "image_file.h"
#include "arch/x86/boot/unpack/unpack.h"
#include <stdio.h>
#include <stdlib.h>

#define UNPACKED_MAX (1ULL << 30)

static int file_read(struct image_file *image)
{
    FILE *from = fopen(image->path, "rb");
    long len = -1;

    if (from && !fseek(from, 0, SEEK_END))
        len = ftell(from);
    if (len >= 0 && (unsigned long)len <= UNPACKED_MAX && !fseek(from, 0, SEEK_SET)) {
        image->file = malloc(len + 1);
        if (image->file)
            image->file_len = fread(image->file, 1, len, from);
        len -= image->file_len;
    } else {
        len = -1;
    }
    if (len)
        snprintf(image->problem, sizeof(image->problem), "cannot be read: %s", errno ? strerror(errno) : "too large");
    if (from)
        fclose(from);
    return len ? -EIO : 0;
}

static void take_line(void *opaque, enum lib_log_level level, const char *text)
{
    struct image_file *image = opaque;

    snprintf(image->problem, sizeof(image->problem), "%s", text);
}

/* Unpacks into @cap bytes; -ENOSPC if more are needed. */
static int unpack_into(struct image_file *image, const uint8_t *in, size_t in_len, size_t cap)
{
    const struct lib_log log = { take_line, image };
    size_t arena_len = unpack_arena_size(image->kind, in, in_len);
    void *arena = NULL;
    int error;

    image->unpacked = malloc(cap);
    if (!image->unpacked || posix_memalign(&arena, 16, arena_len + 16)) {
        snprintf(image->problem, sizeof(image->problem), "unpacking needs %zu bytes of memory", cap + arena_len);
        return -ENOMEM;
    }
    error = unpack(image->kind, in, in_len, image->unpacked, cap, &image->elf_len, arena, arena_len, &log);
    free(arena);
    image->elf = image->unpacked;
    return error;
}

/* A bzImage says how large it will be; a bare compressed file does not always. */
static int unpack_all(struct image_file *image, const uint8_t *in, size_t in_len)
{
    size_t cap = image->is_bzimage ? image->bz.unpacked_size : 64 << 20;
    int error;

    do {
        free(image->unpacked);
        error = unpack_into(image, in, in_len, cap);
        cap *= 2;
    } while (error == -ENOSPC && !image->is_bzimage && cap <= UNPACKED_MAX);
    if (!error && image->is_bzimage && image->elf_len != image->bz.unpacked_size) {
        snprintf(image->problem, sizeof(image->problem), "the packed kernel announces %u bytes and unpacks to %zu",
                 image->bz.unpacked_size, image->elf_len);
        error = -ENOEXEC;
    }
    return error;
}

int image_file_open(struct image_file *image, const char *path)
{
    const uint8_t *in;
    size_t in_len;
    enum bzimage_error error;

    *image = (struct image_file){ .path = path, .kind = PACK_UNKNOWN };
    errno = 0;
    if (file_read(image))
        return -EIO;
    in = image->file;
    in_len = image->file_len;
    error = bzimage_parse(in, in_len, &image->bz);
    image->is_bzimage = error != BZIMAGE_NOT;
    if (error && image->is_bzimage) {
        bzimage_words(error, &image->bz, image->file_len, image->problem, sizeof(image->problem));
        return -ENOEXEC;
    }
    if (image->is_bzimage) {
        in += image->bz.payload_offset;
        in_len = image->bz.payload_len;
    }
    image->kind = pack_kind_of(in, in_len);
    if (image->kind == PACK_UNKNOWN) {
        snprintf(image->problem, sizeof(image->problem), "not a kernel: neither a bzImage, nor ELF, nor compressed");
        return -ENOEXEC;
    }
    image->elf = in;
    image->elf_len = in_len;
    return image->kind == PACK_NONE || !unpack_all(image, in, in_len) ? 0 : -ENOEXEC;
}

bool image_file_is_candidate(const struct image_file *image)
{
    const char *name = strrchr(image->path, '/');

    name = name ? name + 1 : image->path;
    if (!strncmp(name, "initr", 5))
        return false;
    return image->is_bzimage || image->kind != PACK_UNKNOWN;
}

void image_file_close(struct image_file *image)
{
    free(image->unpacked);
    free(image->file);
}
