/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One command, one file: it declares its function here and has a row in main.c. */
#ifndef TOOLS_XNL_H
#define TOOLS_XNL_H

enum { XNL_YES = 0, XNL_NO = 1, XNL_USAGE = 2, XNL_FAILED = 3 };

/** @argv[0] is the command's own name. Returns one of the above, which becomes the exit status. */
int xnl_image(int argc, char **argv);
int xnl_cpu(int argc, char **argv);
int xnl_kexec(int argc, char **argv);
int xnl_domain(int argc, char **argv);
int xnl_preflight(int argc, char **argv);
int xnl_trace(int argc, char **argv);

#endif
