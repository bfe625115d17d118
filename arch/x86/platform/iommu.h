/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IOMMUs that firmware names: looked at once, at boot. */
#ifndef PLATFORM_IOMMU_H
#define PLATFORM_IOMMU_H

#include "hv/compiler.h"
#include "x86/acpi/acpi.h"

/** Says which of @units are on. Changes nothing. Boot, when memory of devices can be mapped. */
__init void iommu_check(const struct acpi_iommus *units);

#endif
