// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The whole of the connection doctor, for `sallyportctl doctor` and the welcome page: the steps of kube::Doctor, and where none of them
// failed CRDs, Istio, edges, Prometheus and how many connections all that has needed, over the same one, so that nobody signs in twice;
// after a failure each of those that are not tried is a step that says so.
// Blocks: call it from a worker thread.  What it makes of kube/ lives on a thread of its own that ends with the call.
#include "kube/doctor.h"
#include "models/resources/snapshot.h"

#include <stop_token>

namespace app {

struct Examination
{
    kube::KubeconfigSources sources;
    QString context;
    bool wantsAllFiles = false; // as Doctor::wantAllFiles
    kube::ExecPolicy mayRun = {};
    std::function<void(kube::Connection &)> prepare = {};        // as Doctor::setPreparation
    std::function<void(kube::Doctor &)> listen = {};             // on its thread, before it runs
    std::function<void(const kube::DoctorStep &)> stepDone = {}; // on either thread, in order, one at a time
    // What is wrong with the choice of who asks (an edge, a namespace); "": nothing.
    std::function<QString(const models::Snapshot &)> misfit = {};
    std::stop_token stop = {};
};

struct Examined
{
    QList<kube::DoctorStep> steps; // where it was stopped, those that were done
    bool isConnected = false;      // kube::Doctor's steps passed
    bool isWell() const;           // none failed
};

Examined examine(const Examination &examination);

} // namespace app
