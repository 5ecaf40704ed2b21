// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/alpn.h"

#include <gtest/gtest.h>

namespace edge {

TEST(Alpn, IsSplitAsEnvoySplitsIt)
{
    using Names = std::vector<std::string>;
    const std::pair<const char *, Names> rows[] = {{"", {}},
                                                   {"istio", {"istio"}},
                                                   {"h2,http/1.1", {"h2", "http/1.1"}},
                                                   {"http/1.1, istio", {"http/1.1", " istio"}},
                                                   {"h2,,istio", {"h2", "", "istio"}},
                                                   {"istio2", {"istio2"}}};
    for (const auto &[list, names] : rows)
        EXPECT_EQ(protocolsOf(list), names) << list;
}

} // namespace edge
