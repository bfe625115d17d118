/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Included before everything else: every symbol of the image is its own, so no reference goes through a GOT. */
#pragma GCC visibility push(hidden)
