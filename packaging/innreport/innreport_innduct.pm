# innreport_innduct.pm: innduct's part of INN's daily report, for innreport(8).
#
# It stands in the place of innreport_inn, and hands on to that one whatever is not innduct's. Of
# innduct it counts the lines "SITE: statistics: NAME=NUMBER ..." (innduct(8), STATISTICS): each covers
# the time since the one before, so that their sums are the day's. doc/operating.md tells how it is
# set up; innduct-display.conf shows what is counted here.
package innreport_innduct;

use strict;
use warnings;

use innreport_inn;

# innreport looks for all data below the name of its module: what innreport_inn gathers has to be
# found below this one.
{
    no strict 'refs';
    foreach my $name (grep { /^\w+$/ } keys %innreport_inn::) {
        *{$name} = \${"innreport_inn::$name"};
        *{$name} = \@{"innreport_inn::$name"};
        *{$name} = \%{"innreport_inn::$name"};
    }
}

# By site.
our (
    %innduct_seconds, %innduct_offered, %innduct_accepted, %innduct_refused,
    %innduct_rejected, %innduct_missing, %innduct_deferred, %innduct_bytes
);

# Whether the line is understood. If not, the report has it among the unknown ones.
sub collect($$$$$$) {
    my ($day, $hour, $prog, $res, $left, $case_sensitive) = @_;

    if ($prog ne 'innduct') {
        return innreport_inn::collect($day, $hour, $prog, $res, $left, $case_sensitive);
    }
    # What has been counted by the other lines.
    return 1 if $left =~ /^\S+: statistics (?:in all|of .*): seconds=/;

    my ($site, $figures) = $left =~ /^(\S+): statistics: (seconds=.*)$/ or return 0;
    my %of = $figures =~ /(\w+)=(\d+)/g;
    $site = lc $site unless $case_sensitive;
    $innduct_seconds{$site} += $of{seconds} || 0;
    $innduct_offered{$site} += $of{offered} || 0;
    $innduct_accepted{$site} += $of{accepted} || 0;
    $innduct_refused{$site} += $of{unwanted} || 0;
    $innduct_rejected{$site} += $of{rejected} || 0;
    $innduct_missing{$site} += $of{missing} || 0;
    $innduct_deferred{$site} += $of{deferred} || 0;
    $innduct_bytes{$site} += $of{bytes} || 0;
    return 1;
}

sub adjust($$) {
    return innreport_inn::adjust($_[0], $_[1]);
}

sub report_unwanted_ng($) {
    return innreport_inn::report_unwanted_ng($_[0]);
}

1;
