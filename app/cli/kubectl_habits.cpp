// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/kubectl_habits.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

struct Habit
{
    const char *command; // "" any
    const char *option;
    const char *instead;
};

constexpr std::array habits{
    Habit{"get", "show-labels", "labels are a column: --column LABELS:.metadata.labels"},
    Habit{"get", "sort-by", "rows come as the server sorts them; pipe them through sort"},
    Habit{"get", "no-headers", "-o name has no header; else cut the first line off by tail -n +2"},
    Habit{"get", "field-selector", "select by labels, -l, or by name"},
    Habit{"get", "watch-only", "--watch shows what there is first, then every change"},
    Habit{"get", "f", "name KIND and NAME"},
    Habit{"apply", "R", "subfolders of a folder are always read"},
    Habit{"apply", "recursive", "subfolders of a folder are always read"},
    Habit{"apply", "k", "it is not built here: kubectl kustomize DIR | sallyportctl apply -f -"},
    Habit{"apply", "kustomize", "it is not built here: kubectl kustomize DIR | sallyportctl apply -f -"},
    Habit{"apply", "prune", "nothing is removed by apply"},
    Habit{"apply", "force", "fields of others are taken over by --force-conflicts"},
    Habit{"logs", "all-containers", "one container at a time: -c NAME"},
    Habit{"logs", "l", "name a POD, or a workload such as deploy/NAME"},
    Habit{"logs", "selector", "name a POD, or a workload such as deploy/NAME"},
    Habit{"logs", "since-time", "say how far back: --since 5m"},
    Habit{"port-forward", "address", "a forward listens on 127.0.0.1 alone"},
    Habit{"", "request-timeout", "it is called --timeout"},
    Habit{"", "as", "write it into the kubeconfig: kubectl config set users.NAME.as USER"},
    Habit{"", "s", "the server is the context's: --context NAME"},
    Habit{"", "server", "the server is the context's: --context NAME"},
    Habit{"", "token", "credentials are the context's: --context NAME"},
};

} // namespace

QString hintForOptions(const Command &command, const QStringList &unknown)
{
    for (const QString &name : unknown) {
        const auto habit = std::find_if(habits.begin(), habits.end(), [&](const Habit &each) {
            const QLatin1String of(each.command);
            return name == QLatin1String(each.option) && (of.isEmpty() || of == QLatin1String(command.name));
        });
        if (habit != habits.end())
            return u"; "_s + QLatin1String(habit->instead);
    }
    return {};
}

QString hintForFormat(const Command &command, const QString &format)
{
    const bool isColumns = format.startsWith("jsonpath"_L1) || format.startsWith("custom-columns"_L1)
        || format.startsWith("go-template"_L1);
    return isColumns && QLatin1String(command.name) == "get"_L1
        ? u"; a field is a column: --column NAME:.metadata.name"_s
        : QString();
}

} // namespace app::cli
