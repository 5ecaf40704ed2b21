// SPDX-License-Identifier: GPL-3.0-or-later
// Which idle connections a pool keeps.
#include "edge/upstream_pool.h"
#include "tests/edge/loop_runner.h"
#include "tests/edge/scripted_upstream.h"

using namespace edge_test;
using namespace std::chrono_literals;

TEST(UpstreamPool, closesWhatNobodyUsedForAMinute)
{
    asio::io_context loop{1};
    ScriptedUpstream upstream(loop);
    const auto pool = std::make_shared<edge::UpstreamPool>(std::make_shared<edge::ClusterStats>());
    const edge::UpstreamTarget target{"127.0.0.1", upstream.port(), {}, {}};
    std::vector<edge::UpstreamPtr> taken;
    for (int i = 0; i < 2; ++i) {
        auto connection = run(loop, pool->acquire(target, {}));
        ASSERT_TRUE(connection && *connection);
        taken.push_back(**connection);
    }
    for (const edge::UpstreamPtr &connection : taken)
        pool->giveBack(connection);
    taken[0]->idleSince = edge::Clock::now() - 61s;
    taken[1]->idleSince = edge::Clock::now() - 50s;
    pool->sweep();
    EXPECT_EQ(pool->idleCount(), 1U);
    auto kept = run(loop, pool->acquire(target, {}));
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ(**kept, taken[1]);
}
