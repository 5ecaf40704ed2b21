// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/demo_options.h"
