// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The kubectl that tests hold us against, by one rule: the one on the PATH, else Debian's 1.20, which ./dev setup unpacks
// into build/peers.  A test that needs more than 1.20 can do asks missingKubectl(Needs::Newer) and skips with its answer.
#include <QFileInfo>
#include <QList>
#include <QStandardPaths>

enum class Needs { AnyKubectl, NewerKubectl };

inline QString oldKubectl()
{
    const QString program = QStringLiteral(SALLYPORT_SOURCE_DIR "/build/peers/kubectl-1.20/usr/bin/kubectl");
    return QFileInfo(program).isExecutable() ? program : QString();
}

// "" where there is none at all.
inline QString foreignKubectl()
{
    const QString found = QStandardPaths::findExecutable(QStringLiteral("kubectl"));
    return found.isEmpty() ? oldKubectl() : found;
}

// envtest's, of the same version as the API server beside it.
inline QString assetsKubectl()
{
    const QString program = qEnvironmentVariable("KUBEBUILDER_ASSETS") + QStringLiteral("/kubectl");
    return QFileInfo(program).isExecutable() ? program : QString();
}

// All of them, for tests that run once with each; missing: why that row is skipped, "" it is not.
struct KubectlRow
{
    const char *name;
    QString program, missing;
};
inline QList<KubectlRow> eachKubectl()
{
    const QString onPath = QStandardPaths::findExecutable(QStringLiteral("kubectl"));
    return {{"on the PATH", onPath,
             onPath.isEmpty() ? QStringLiteral("skipped: no kubectl on the PATH") : QString()},
            {"1.20", oldKubectl(),
             oldKubectl().isEmpty() ? QStringLiteral("skipped: no kubectl 1.20; ./dev setup unpacks Debian's")
                                    : QString()},
            {"of KUBEBUILDER_ASSETS", assetsKubectl(),
             assetsKubectl().isEmpty() ? QStringLiteral("skipped: KUBEBUILDER_ASSETS has no kubectl")
                                       : QString()}};
}

// Why a test cannot run here; "" it can.
inline QString missingKubectl(Needs needs = Needs::AnyKubectl)
{
    if (foreignKubectl().isEmpty())
        return QStringLiteral("skipped: no kubectl on the PATH, and ./dev setup has not unpacked Debian's");
    if (needs == Needs::NewerKubectl && foreignKubectl() == oldKubectl())
        return QStringLiteral("skipped: Debian's kubectl 1.20 cannot do this, and there is none on the PATH");
    return {};
}
