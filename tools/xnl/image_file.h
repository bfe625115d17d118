/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel file, read and unpacked as the hypervisor would at boot. */
#ifndef TOOLS_XNL_IMAGE_FILE_H
#define TOOLS_XNL_IMAGE_FILE_H

#include "elf/bzimage.h"

struct image_file {
    const char *path;
    void *file; /* the whole file */
    size_t file_len;
    bool is_bzimage;
    struct bzimage bz; /* valid if is_bzimage */
    enum pack_kind kind;
    const void *elf; /* the unpacked image */
    size_t elf_len;
    void *unpacked;    /* what to free */
    char problem[320]; /* why there is no image, if there is none */
};

/** Reads @path. 0; -EIO if it cannot be read, -ENOEXEC if there is no kernel image in it: then problem says why. */
int image_file_open(struct image_file *image, const char *path);
void image_file_close(struct image_file *image);

/** Whether the file looks like a kernel at all, and is worth a report when a whole directory is looked at. */
bool image_file_is_candidate(const struct image_file *image);

#endif
